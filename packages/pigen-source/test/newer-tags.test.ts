import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { checkoutRig, failure, tag } from "./checkout-rig.ts";

const git = needs("git");

git("later tags of the same release and architecture are newer, oldest first", async () => {
  const { origin, newer } = await checkoutRig();
  const last = await origin.tag("2026-06-18-raspios-bookworm-arm64", { annotated: true });
  const next = await origin.tag("2026-04-13-raspios-bookworm-arm64");
  for (const name of [
    "2025-12-04-raspios-bookworm-arm64",
    "2026-06-18-raspios-bookworm-armhf",
    "2026-06-18-raspios-trixie-arm64",
    "2026-06-18-raspios-bookworm",
    "2027-nonsense",
  ]) {
    await origin.tag(name);
  }
  expect(await newer()).toEqual({
    source: { place: origin.path, namedBy: "PI_GEN_REPO" },
    newer: [
      { tag: "2026-04-13-raspios-bookworm-arm64", commit: next, date: "2026-04-13" },
      { tag: "2026-06-18-raspios-bookworm-arm64", commit: last, date: "2026-06-18" },
    ],
  });
});

git("the newest has none", async () => {
  const { newer } = await checkoutRig();
  expect((await newer()).newer).toEqual([]);
});

git("a tag without a date cannot be compared", async () => {
  const { origin, pin, newer } = await checkoutRig();
  const commit = await origin.tag("ours");
  expect((await newer({ ...pin, tag: "ours", commit })).newer).toBeUndefined();
});

git("PI_GEN_SOURCE is asked instead of PI_GEN_REPO", async () => {
  const { origin, pin, newer } = await checkoutRig();
  await origin.tag("2026-06-18-raspios-bookworm-arm64");
  const mirror = await origin.mirror();
  const pinned = { ...pin, repo: "https://pi-gen.invalid/pi-gen" };
  const report = await newer(pinned, { PI_GEN_SOURCE: mirror });
  expect(report.source).toEqual({ place: mirror, namedBy: "PI_GEN_SOURCE" });
  expect(report.newer?.length).toBe(1);
});

git("a pinned tag that has moved is no pin to compare with", async () => {
  const { origin, newer } = await checkoutRig();
  await origin.tag(tag);
  expect((await failure(newer())).code).toBe("PIGEN_TAG_MOVED");
});
