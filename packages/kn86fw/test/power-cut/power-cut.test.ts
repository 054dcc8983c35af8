import { beforeAll, describe, expect, test } from "vitest";
import { settleUpdate } from "../../src/apply/commit.ts";
import { facts } from "../apply-rig.ts";
import { crashPoints } from "./crash-points.ts";
import { makeDevices } from "./devices.ts";
import { formatLog, parseLog } from "./log.ts";
import { mutants } from "./mutants.ts";
import { record } from "./recorder.ts";
import { tryDevice, tryLog } from "./try-device.ts";
import { type Device, layout, rightProtocol, runUpdate } from "./update.ts";

/** Mixtures for each prefix of what is written. `PIBUILD_POWER_CUT_SAMPLES=1000` tries more. */
const samples = Number(process.env.PIBUILD_POWER_CUT_SAMPLES ?? 150);
const options = { samples, seed: 20260101 };
let devices: Device[];
beforeAll(async () => {
  devices = await makeDevices();
});

test("whenever the power is cut, a whole system boots", async () => {
  let points = 0;
  for (const device of devices) {
    const tried = await tryDevice(device, rightProtocol, options);
    expect(`${device.name}: ${tried.fault ?? "whole"}`).toBe(`${device.name}: whole`);
    points += tried.points;
  }
  process.stdout.write(
    `power cut: ${points} crash points tried, all of them boot a whole system\n`,
  );
  expect(points).toBeGreaterThan(100 * samples);
});

test("every mistake in the protocol is caught", async () => {
  const missed: string[] = [];
  for (const mutant of mutants) {
    let fault: string | undefined;
    for (const device of devices) {
      fault ??= (await tryDevice(device, mutant, options)).fault;
    }
    if (fault === undefined) missed.push(mutant.name);
  }
  const caught = mutants.length - missed.length;
  process.stdout.write(`power cut: ${caught} of ${mutants.length} mutants caught\n`);
  expect(missed).toEqual([]);
});

test("an update that was cut off can be applied again, and cut off again", async () => {
  const [device] = devices as [Device];
  const { log } = await runUpdate(device, rightProtocol);
  const every = crashPoints(device.disk, device.memory, log, { samples: 1, seed: 7 });
  const tryboot = log.findIndex(({ kind }) => kind === "tryboot");
  let count = 0;
  for (const point of every) {
    // Up to the trial the old system runs again.
    if (point.after > tryboot || point.after % 5 !== 0) continue;
    const found = record(Buffer.from(point.disk), layout, point.memory);
    const running = { slot: device.slot, confirmed: true };
    const common = found.device("common");
    await settleUpdate({ common, running, state: found.state, device: facts });
    const memory = { ...point.memory, pending: undefined };
    const again = { ...device, disk: Buffer.from(found.disk), memory };
    expect((await tryDevice(again, rightProtocol, { samples: 4, seed: 9 })).fault).toBeUndefined();
    count++;
  }
  expect(count).toBeGreaterThan(10);
});

describe("a log that another applier left", () => {
  test("says the same as the operations", async () => {
    const [device] = devices as [Device];
    const { log } = await runUpdate(device, rightProtocol);
    expect(parseLog(formatLog(log))).toEqual(log);
    expect(
      tryLog(device.disk, device.memory, parseLog(formatLog(log)), options).fault,
    ).toBeUndefined();
  });

  test("is refused with the line that is none", () => {
    expect(() => parseLog("flush\nwrite 0 3 AAA=\n")).toThrow("line 2");
  });
});
