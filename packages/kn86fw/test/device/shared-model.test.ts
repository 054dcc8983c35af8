import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import type { Operation } from "../crash/operation.ts";
import { type PartitionName, partition, partitionNames } from "../power-cut/disk.ts";
import type { Operation as SharedOperation } from "../power-cut/log.ts";
import { blank } from "../power-cut/recorder.ts";
import { chunkSize, next, old, older } from "../power-cut/systems.ts";
import { tryLog } from "../power-cut/try-device.ts";
import { layout, makeDisk } from "../power-cut/update.ts";
import { createRig } from "../rig.ts";
import { createMachine } from "./machine.ts";
import { recordUpdate } from "./record.ts";
import { otherSlot } from "./slots.ts";

/** The recording as the model of the other applier reads it, which has one disk and no files. */
function toShared(log: readonly Operation[]): SharedOperation[] {
  const written = new Map<string, string>();
  return log.flatMap((operation): SharedOperation[] => {
    switch (operation.op) {
      case "write": {
        const { offset } = layout[operation.device as PartitionName];
        return [{ kind: "write", offset: offset + operation.offset, bytes: operation.data }];
      }
      case "flush":
        return [{ kind: "flush", range: layout[operation.device as PartitionName] }];
      case "write-file":
        written.set(operation.file, operation.data.toString());
        return [];
      case "rename":
        return remembered(operation.to, written.get(operation.file) ?? "");
      case "remove":
        return operation.file === ".kn86/pending" ? [{ kind: "pending", slot: undefined }] : [];
      case "reboot":
        return [{ kind: "tryboot" }];
      default:
        return [];
    }
  });
}

function remembered(file: string, text: string): SharedOperation[] {
  const value = (key: string) => new RegExp(`^${key}=(.+)$`, "m").exec(text)?.[1] ?? "";
  if (file === ".kn86/pending") return [{ kind: "pending", slot: value("SLOT") as "a" | "b" }];
  const floor = { securityEpoch: Number(value("SECURITY_EPOCH")), version: value("VERSION") };
  return [{ kind: "floor", floor }];
}

for (const slot of ["a", "b"] as const) {
  needs("strace")(
    `the model of the other applier finds nothing wrong either, from slot ${slot}`,
    async () => {
      await using rig = await createRig();
      const images = { boot: next.boot.a, root: next.root };
      const payload = await rig.payload("next.kn86fw", images, { chunkSize });
      const other = otherSlot[slot];
      const disk = makeDisk(slot, { [slot]: old, [other]: older });
      const contents = partitionNames.map((name) => [
        name,
        Buffer.from(partition(disk, layout[name])),
      ]);
      const facts = ({ version, securityEpoch }: typeof next) => ({
        ...{ VERSION: version, SECURITY_EPOCH: securityEpoch },
      });
      await using machine = await createMachine({
        ...{ slot, device: facts(old), partitions: Object.fromEntries(contents) },
      });
      const applied = await recordUpdate(machine, ["apply", payload]);
      await machine.boot(other, true, facts(next));
      const confirmed = await recordUpdate(machine, ["confirm"]);
      expect([applied.result.exitCode, confirmed.result.exitCode]).toEqual([0, 0]);

      const log = toShared([...applied.log, ...confirmed.log]);
      const { points, fault } = tryLog(disk, blank, log, { samples: 100, seed: 1 });
      process.stdout.write(
        `kn86-update: ${points} crash points tried by the model of the other applier\n`,
      );
      expect(fault).toBeUndefined();
      expect(points).toBeGreaterThan(1000);
    },
    5 * 60_000,
  );
}
