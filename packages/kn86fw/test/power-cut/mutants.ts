import type { BlockDevice } from "../../src/apply/block-device.ts";
import type { CommitStep } from "../../src/apply/commit.ts";
import type { ApplyStep } from "../../src/apply/steps.ts";
import type { PartitionName } from "./disk.ts";
import { next } from "./systems.ts";
import { type Protocol, rightProtocol } from "./update.ts";

type Named = ApplyStep | CommitStep;

function without<T extends Named>(steps: readonly T[], name: string): T[] {
  return steps.filter((step) => step.name !== name);
}

function swapped<T extends Named>(steps: readonly T[], first: string): T[] {
  const at = steps.findIndex(({ name }) => name === first);
  const [one, two] = [steps[at] as T, steps[at + 1] as T];
  return [...steps.slice(0, at), two, one, ...steps.slice(at + 2)];
}

function mutant(name: string, change: Partial<Protocol>): Protocol {
  return { ...rightProtocol, ...change, name };
}

const { apply, commit } = rightProtocol;

const dropped = [
  ...apply.map(({ name }) => mutant(`without ${name}`, { apply: without(apply, name) })),
  ...commit.map(({ name }) => mutant(`commit without ${name}`, { commit: without(commit, name) })),
];

/**
 * Every two neighbours, but for root and boot: both are written while the slot is broken, and which
 * of them is first does not matter.
 */
const reordered = [
  ...apply
    .slice(0, -1)
    .filter(({ name }) => name !== "root")
    .map(({ name }) => mutant(`${name} one step too late`, { apply: swapped(apply, name) })),
  ...commit
    .slice(0, -1)
    .map(({ name }) => mutant(`commit, ${name} too late`, { commit: swapped(commit, name) })),
];

/** Each flush that the protocol asks for, by partition and by how many came before it. */
const unflushed = (
  [
    ["boot", 0, "of the broken block"],
    ["root", 0, "of the root"],
    ["boot", 1, "of the boot"],
    ["boot", 2, "of the first sector"],
    ["common", 0, "of autoboot.txt"],
  ] as const
).map(([kind, count, what]) =>
  mutant(`no flush ${what}`, {
    wrap(device, partition) {
      if (!partition.startsWith(kind)) return device;
      let flushes = 0;
      return {
        ...device,
        flush: async () => (flushes++ === count ? undefined : device.flush()),
      };
    },
  }),
);

/** Writes that go otherwise than they should. */
function rewriting(
  name: string,
  of: string,
  write: (device: BlockDevice, offset: number, bytes: Buffer) => Promise<void>,
): Protocol {
  const wrap = (device: BlockDevice, partition: PartitionName) =>
    partition.startsWith(of)
      ? { ...device, write: (offset: number, bytes: Buffer) => write(device, offset, bytes) }
      : device;
  return mutant(name, { wrap });
}

const rewritten = [
  rewriting("autoboot.txt is emptied before it is written", "common", async (device, at, bytes) => {
    await device.write(at, Buffer.alloc(bytes.length));
    await device.write(at, bytes);
  }),
  rewriting("autoboot.txt is written with its directory", "common", async (device, at, bytes) => {
    // The directory is the sector before it, in `commonPartition`.
    const directory = await device.read(at - 512, 512);
    await device.write(at - 512, Buffer.alloc(512));
    await device.write(at, bytes);
    await device.write(at - 512, directory);
  }),
  rewriting("autoboot.txt is written next to its sector", "common", (device, at, bytes) =>
    device.write(at + 512, bytes),
  ),
  rewriting("the broken block is left as it was", "boot", async (device, at, bytes) => {
    if (at > 0 || bytes.some((byte) => byte !== 0)) await device.write(at, bytes);
  }),
  rewriting("cmdline.txt is left as the payload has it", "boot", async (device, at, bytes) => {
    if (bytes.length !== 512 || at === 0) await device.write(at, bytes);
  }),
  rewriting("the first sector is written with the others", "boot", async (device, at, bytes) => {
    await device.write(at, bytes);
    if (at === 4096) await device.write(0, next.boot.a.subarray(0, 512));
  }),
  rewriting("zeros are left out", "root", async (device, at, bytes) => {
    if (bytes.some((byte) => byte !== 0)) await device.write(at, bytes);
  }),
];

/** A write to the slot that runs in place of the other. */
const misplaced = mutant("the running slot is written", {
  apply: apply.map((step) => ({
    ...step,
    run: (update) =>
      step.name === "root"
        ? step.run({
            ...update,
            target: {
              ...update.target,
              inactive: {
                ...update.target.inactive,
                root: update.target.active.root as BlockDevice,
              },
            },
          })
        : step.run(update),
  })),
});

export const mutants: readonly Protocol[] = [
  ...dropped,
  ...reordered,
  ...unflushed,
  ...rewritten,
  misplaced,
];
