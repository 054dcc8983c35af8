import { expect, test } from "vitest";
import { dedicatedNetwork, findNetwork, hostNetwork, isThere } from "../src/container/network.ts";
import { findRights } from "../src/container/probe.ts";
import { engineThat } from "./engine-that.ts";

const where = { image: "i", network: hostNetwork, redirects: true };
const few = "SYS_ADMIN and loop devices";

test.each<[string, (args: string) => string | undefined, string]>([
  ["grants everything", () => "mounts", "--privileged"],
  [
    "refuses --privileged",
    (args) => (args.includes("--privileged") ? undefined : "redirects\nmounts"),
    few,
  ],
  [
    "redirects only without AppArmor",
    (args) =>
      args.includes("--privileged")
        ? undefined
        : args.includes("apparmor=unconfined")
          ? "redirects\nmounts"
          : "mounts",
    `${few}, no AppArmor`,
  ],
  [
    "mounts only without seccomp, and never redirects",
    (args) => (args.includes("seccomp=unconfined") ? "mounts" : undefined),
    `${few}, no AppArmor, no seccomp`,
  ],
])("the rights with an engine that %s", async (_what, answer, name) => {
  expect((await findRights(engineThat(answer), where)).name).toBe(name);
});

test("where programs need no redirect, the least that mounts is taken", async () => {
  const engine = engineThat((args) => (args.includes("--privileged") ? undefined : "mounts"));
  expect((await findRights(engine, { ...where, redirects: false })).name).toBe(few);
  expect(engine.calls).toHaveLength(2);
});

test("an engine that never mounts is refused in its own words", async () => {
  await expect(
    findRights(
      engineThat(() => undefined),
      where,
    ),
  ).rejects.toMatchObject({
    code: "ENGINE_RIGHTS",
    data: { detail: "mount: permission denied" },
  });
});

test.each<[string, (args: string) => string | undefined, string]>([
  ["bridges", () => "[{}]", "pibuild"],
  [
    "was started without its bridge",
    (args) => (args.includes("bridge") ? undefined : "[{}]"),
    "host",
  ],
  ["cannot make networks", (args) => (/pibuild$|create/.test(args) ? undefined : "[{}]"), "host"],
  [
    "makes networks that nobody can join",
    (args) => (args.startsWith("run") ? undefined : "[{}]"),
    "host",
  ],
])("the network of an engine that %s", async (_what, answer, name) => {
  expect((await findNetwork(engineThat(answer), "i")).name).toBe(name);
});

test("a network that was removed since is not there, and the host's always is", async () => {
  const none = engineThat(() => undefined);
  expect(await isThere(none, dedicatedNetwork)).toBe(false);
  expect(
    await isThere(
      engineThat(() => "[{}]"),
      dedicatedNetwork,
    ),
  ).toBe(true);
  expect(await isThere(none, hostNetwork)).toBe(true);
});
