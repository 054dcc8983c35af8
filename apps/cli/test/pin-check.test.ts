import { createPigenOrigin, createRig, needs, pinText } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";

const git = needs("git");
const tag = "2026-01-01-raspios-bookworm-arm64";

/** A workspace that pins a tag of an origin, and that origin as PI_GEN_SOURCE. */
async function pinned(name = tag) {
  const rig = await createRig();
  onTestFinished(() => rig[Symbol.asyncDispose]());
  const origin = await createPigenOrigin();
  onTestFinished(() => origin[Symbol.asyncDispose]());
  const commit = await origin.tag(name);
  await rig.write({ "pi-gen-pin.env": pinText({ PI_GEN_TAG: name, PI_GEN_COMMIT: commit }) });
  const check = (...flags: string[]) =>
    rig.pibuild(["pin", "check", ...flags], { PI_GEN_SOURCE: origin.path });
  return { rig, origin, commit, check };
}

git("newer tags are listed with their commits, and the way to take one", async () => {
  const { origin, check } = await pinned();
  const newer = "2026-06-18-raspios-bookworm-arm64";
  const commit = await origin.tag(newer);
  const { exitCode, stdout, stderr } = await check();
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    `${tag} is pinned; newer for bookworm on arm64 at ${origin.path}:\n  ${newer}  ${commit}`,
  );
  expect(stderr).toBe(
    "hint: to move the pin, set PI_GEN_TAG and PI_GEN_COMMIT in `pi-gen-pin.env`, then run `pibuild sync`",
  );
});

git("the newest is said to be it", async () => {
  const { origin, check } = await pinned();
  await origin.tag("2026-06-18-raspios-trixie-arm64");
  const { exitCode, stdout } = await check();
  expect(exitCode).toBe(0);
  expect(stdout).toBe(`${tag} is the newest for bookworm on arm64 at ${origin.path}`);
});

git("--json lists the same for programs", async () => {
  const { origin, commit, check } = await pinned();
  const newer = "2026-06-18-raspios-bookworm-arm64";
  const next = await origin.tag(newer);
  expect(JSON.parse((await check("--json")).stdout)).toEqual({
    schema: 1,
    source: origin.path,
    pinned: { tag, commit, release: "bookworm", arch: "arm64" },
    newer: [{ tag: newer, commit: next, date: "2026-06-18" }],
  });
});

git("a tag without a date is told apart from the newest", async () => {
  const { check } = await pinned("ours");
  expect((await check()).stdout).toBe("ours has no date in its name, so newer tags cannot be told");
  expect(JSON.parse((await check("--json")).stdout).newer).toBeNull();
});

git("a pinned tag that has moved is an error that names both commits", async () => {
  const { origin, commit, check } = await pinned();
  const found = await origin.tag(tag);
  const { exitCode, stderr } = await check();
  expect(exitCode).toBe(5);
  expect(stderr).toContain(`has it at \`${found}\`, the pin says \`${commit}\``);
});
