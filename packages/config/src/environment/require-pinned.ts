import { type ConfigIssue, PibuildError } from "@pibuild/core";
import type { Image } from "../image.ts";
import { type Pin, pinFileName } from "../pin.ts";
import { branchOf } from "../release.ts";
import { type Environment, environmentIssue } from "./environment.ts";

/**
 * The pin decides which pi-gen builds an image's stages; each of its tags is for one release and
 * one architecture. Throws CONFIG_INVALID where the image, or the environment, asks for another.
 */
export function requirePinned(image: Image, pin: Pin, env: Environment): void {
  const { release, arch, origins } = image;
  if (release === pin.release && arch === pin.arch) return;
  const branch = branchOf(release, arch);
  const asked = origins.RELEASE === "environment" ? "PI_GEN_BRANCH" : undefined;
  const meant = `${release} on ${arch} (pi-gen's branch \`${branch}\`)`;
  const pinned = `\`${pinFileName}\` pins \`${pin.tag}\`, for ${pin.release} on ${pin.arch}`;
  const change = `write a tag of that branch into \`${pinFileName}\`, with its PI_GEN_COMMIT, RELEASE=${release} and ARCH=${arch}`;
  const issue: ConfigIssue =
    asked === undefined
      ? {
          message: `the image is for ${meant}, but ${pinned}`,
          hint: `write \`release: ${pin.release}\`, or ${change}`,
          at: image.releaseAt,
        }
      : environmentIssue(asked, {
          message: `\`${env[asked]}\` asks for ${meant}, but ${pinned}`,
          hint: `unset ${asked}, or ${change}`,
        });
  throw new PibuildError("CONFIG_INVALID", { issues: [issue] });
}
