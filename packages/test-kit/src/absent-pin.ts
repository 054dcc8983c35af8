/** What `pi-gen-pin.env` may say in a test: a commit that was never fetched, of a repository that nobody reaches. */
export const absentPin = [
  "PI_GEN_REPO=https://pi-gen.invalid/pi-gen",
  "PI_GEN_TAG=2026-01-01-raspios-bookworm-arm64",
  `PI_GEN_COMMIT=${"1".repeat(40)}`,
  "RELEASE=bookworm",
  "ARCH=arm64",
  "KERNEL_VERSION=",
  "DEBIAN_SNAPSHOT=",
].join("\n");
