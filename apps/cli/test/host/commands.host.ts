import { setTimeout as delay } from "node:timers/promises";
import {
  changedTraces,
  createNxRig,
  type HostTraces,
  hostTraces,
  makesBootFiles,
  needs,
  ofTheseTests,
  type Rig,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandNames } from "../../src/app.ts";

const builds = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "qemu-aarch64-static");

/** One call of each command, in an order in which each has what it asks for. */
const calls: Readonly<Record<string, readonly (readonly string[])[]>> = {
  help: [["help"], ["help", "build"]],
  doctor: [["doctor"], ["doctor", "--only", "twin"]],
  digest: [["digest", "pi", "one"]],
  plan: [["plan", "pi"]],
  lint: [["lint"]],
  config: [["config", "pi"]],
  task: [["task", "pi", "one"]],
  build: [
    ["build", "pi"],
    ["build", "pi"],
    ["build", "failing"],
  ],
  why: [["why", "pi", "one/00-only"]],
  inspect: [["inspect", "dist/pi/pi.img"]],
  verify: [["verify", "dist/pi/pi.img", "dist/pi/pi.img"]],
  shell: [["shell", "pi", "one/00-only"]],
  payload: [["payload", "inspect", "dist/pi/pi.img"]],
  mirrors: [
    ["mirrors", "status", "pi"],
    ["mirrors", "render", "pi"],
  ],
  lock: [
    ["lock", "pi"],
    ["lock", "diff", "pi"],
    ["lock", "diff", "pi", "--update"],
    ["lock", "diff", "pi", "--from", "HEAD~1"],
    ["lock", "pi", "--update"],
  ],
  outages: [["outages", "list"]],
  cache: [["cache", "status"]],
  init: [["init", "another", "--name", "kiosk", "--base", "debian", "--no-sync"]],
  sync: [["sync"]],
  pin: [["pin", "check"]],
  clean: [
    ["clean", "pi"],
    ["clean", "--store"],
  ],
};

let rig: Rig;
const changedSince = (before: HostTraces) => ofTheseTests(changedTraces(before, hostTraces()));

beforeAll(async () => {
  rig = await createNxRig();
  const run = (text: string) => `#!/bin/bash -e\n${text}\n`;
  await rig.write({
    "apps/pi/image.yaml": "stages: [stages/one]\ndisk: { boot_size: 36MiB, root_free: 8MiB }\n",
    "apps/failing/image.yaml": "stages: [stages/bad]\n",
    "stages/one/prerun.sh": run(makesBootFiles),
    "stages/one/00-only/00-run.sh": run("sleep 1"),
    "stages/bad/prerun.sh": run('mount -t tmpfs tmpfs "${ROOTFS_DIR}"; sleep infinity & exit 1'),
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
});
afterAll(() => rig[Symbol.asyncDispose]());

test("every command has a call here", () => {
  expect(Object.keys(calls).sort()).toEqual([...commandNames].sort());
});

describe("the machine is as it was before", () => {
  for (const args of Object.values(calls).flat()) {
    builds(`pibuild ${args.join(" ")}`, async () => {
      const before = hostTraces();
      await rig.pibuild(args, {}, { input: "exit\n" });
      expect(changedSince(before)).toEqual([]);
    });
  }

  for (const name of ["doctor", "build", "shell", "task", "plan"]) {
    for (const milliseconds of [400, 900, 1600]) {
      builds(`pibuild ${name}, killed after ${milliseconds} ms`, async () => {
        await rig.pibuild(["clean", "--store"]);
        const before = hostTraces();
        const started = rig.start(calls[name]?.[0] ?? [name]);
        await delay(milliseconds);
        await started.kill("SIGKILL").catch(() => undefined);
        await started.done.catch(() => undefined);
        await expect
          .poll(() => changedSince(before), { timeout: 60_000, interval: 200 })
          .toEqual([]);
      });
    }
  }
});
