import { parseAutoboot } from "@pibuild/pi-boot";
import { expect, test } from "vitest";
import { commitUpdate, settleUpdate } from "../src/apply/commit.ts";
import { directoryState } from "../src/apply/update-state.ts";
import { type Boot, runningSlot } from "../src/device/running-slot.ts";
import { autobootOffset, commonPartition, facts } from "./apply-rig.ts";
import { memoryDevice } from "./memory.ts";
import { createRig, refusalOf } from "./rig.ts";

const pending = {
  slot: "b",
  version: "1.2.0",
  securityEpoch: 3,
  manifest: "0".repeat(64),
} as const;
const device = { ...facts, version: "1.2.0", securityEpoch: 3 };
const said = (bytes: Buffer) => parseAutoboot(bytes.subarray(autobootOffset, autobootOffset + 512));

test("a commit swaps the slots in one sector, raises the floor and forgets the update", async () => {
  await using rig = await createRig();
  const state = directoryState(rig.directory);
  await state.writePending(pending);
  const common = memoryDevice(commonPartition("a"));
  const before = Buffer.from(common.bytes);
  const running = { slot: "b", confirmed: false } as const;
  await commitUpdate({ common, running, state, device });
  expect(said(common.bytes)).toMatchObject({ boot: 3, tryboot: 2, abUpdate: true });
  const changed = [...common.bytes.keys()].filter((i) => common.bytes[i] !== before[i]);
  expect(changed.length).toBe(2);
  expect(await state.readFloor()).toEqual({ version: "1.2.0", securityEpoch: 3 });
  expect(await state.readPending()).toBeUndefined();
});

test("nothing is committed but an update that runs unconfirmed", async () => {
  await using rig = await createRig();
  const state = directoryState(rig.directory);
  const common = memoryDevice(commonPartition("a"));
  const commit = (slot: "a" | "b", confirmed: boolean) =>
    refusalOf(commitUpdate({ common, running: { slot, confirmed }, state, device }));
  expect(await commit("b", false)).toBe("slot");
  await state.writePending(pending);
  expect(await commit("a", true)).toBe("slot");
  expect(await commit("b", true)).toBe("slot");
  expect(said(common.bytes).boot).toBe(2);
});

test("a confirmed boot ends a commit that was cut off, and forgets an update that failed", async () => {
  await using rig = await createRig();
  const state = directoryState(rig.directory);
  await state.writePending(pending);
  const committed = memoryDevice(commonPartition("b"));
  const settle = (common: typeof committed, slot: "a" | "b") =>
    settleUpdate({ common, running: { slot, confirmed: true }, state, device });
  expect(await settle(committed, "b")).toBe("committed");
  expect(await state.readFloor()).toEqual({ version: "1.2.0", securityEpoch: 3 });
  expect(await settle(committed, "b")).toBe("nothing");
  await state.writePending(pending);
  expect(await settle(memoryDevice(commonPartition("a")), "a")).toBe("rolled-back");
  expect(await state.readPending()).toBeUndefined();
});

test("a torn autoboot.txt is mended by the slot that it boots", async () => {
  await using rig = await createRig();
  const common = memoryDevice(commonPartition("a"));
  common.bytes.write("2", common.bytes.lastIndexOf("3"));
  const state = directoryState(rig.directory);
  await settleUpdate({ common, running: { slot: "a", confirmed: true }, state, device });
  expect(common.bytes.equals(commonPartition("a"))).toBe(true);
});

test.each<[Boot, boot: number, tryboot: number, expected: string]>([
  [{ partition: 2, tryboot: false }, 2, 3, "a confirmed"],
  [{ partition: 3, tryboot: false }, 3, 2, "b confirmed"],
  [{ partition: 3, tryboot: true }, 2, 3, "b unconfirmed"],
  [{ partition: 2, tryboot: true }, 2, 3, "unknown"],
  [{ partition: 3, tryboot: false }, 2, 3, "unknown"],
  [{ partition: 2, tryboot: true }, 2, 2, "unknown"],
  [{ partition: 1, tryboot: false }, 1, 3, "unknown"],
  [{ partition: 0, tryboot: false }, 0, 0, "unknown"],
])("%o with autoboot.txt %d/%d is %s", (boot, all, tryboot, expected) => {
  const running = runningSlot(boot, { boot: all, tryboot, abUpdate: true });
  const shown = running && `${running.slot} ${running.confirmed ? "confirmed" : "unconfirmed"}`;
  expect(shown ?? "unknown").toBe(expected);
});
