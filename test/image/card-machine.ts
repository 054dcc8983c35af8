import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { slowMachine } from "@pibuild/test-kit";
import { partitionOf } from "./ab-machine.ts";

const exec = createExec();

/** A copy of an image on a larger disk, as on a card, that boots may change. */
export interface Card {
  readonly disk: string;
  /** Boots it as a Raspberry Pi's firmware does, until it switches off or restarts; gives its console. */
  boot(words?: string): Promise<string>;
  /** A file of the boot partition. */
  readBoot(name: string): Promise<string>;
  writeBoot(name: string, text: string): Promise<void>;
  /** What debugfs says to requests about the root filesystem; they may change it. */
  debugfs(...requests: readonly string[]): Promise<string>;
  /** The root partition's length in bytes, and what the table's id is. */
  root(): Promise<{ bytes: number; id: string }>;
}

/** Writes an image to a disk of so many bytes, in a directory. */
export async function createCard(image: string, directory: string, bytes: number): Promise<Card> {
  const disk = join(directory, "card.img");
  await exec.run({ program: "cp", args: ["--sparse=always", image, disk] });
  await truncate(disk, bytes);
  const offset = async (number: number) => (await partitionOf(disk, number)).start;
  const mtools = async (program: "mcopy" | "mtype", ...args: readonly string[]) => {
    const image = ["-i", `${disk}@@${await offset(1)}`];
    return exec.run({ program, args: [...image, ...args], env: { MTOOLS_SKIP_CHECK: "1" } });
  };
  return {
    disk,
    async boot(words = "") {
      const scratch = await mkdtemp(join(tmpdir(), "pibuild-card-"));
      try {
        for (const name of ["kernel8.img", "initramfs8", "cmdline.txt"])
          await mtools("mcopy", "-n", `::${name}`, join(scratch, name));
        const cmdline = (await readFile(join(scratch, "cmdline.txt"), "utf8")).trim();
        return await run([
          ...["-machine", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "1500"],
          ...["-nic", "none", "-nographic", "-no-reboot", "-device", "virtio-rng-pci"],
          ...["-kernel", join(scratch, "kernel8.img"), "-initrd", join(scratch, "initramfs8")],
          ...["-append", `${withoutConsoles(cmdline)} console=ttyAMA0 ${slowMachine} ${words}`],
          ...["-drive", `if=none,id=card,format=raw,cache=writeback,file=${disk}`],
          ...["-device", "virtio-blk-pci,drive=card"],
        ]);
      } finally {
        await rm(scratch, { recursive: true });
      }
    },
    async readBoot(name) {
      return (await mtools("mtype", `::${name}`)).stdout;
    },
    async writeBoot(name, text) {
      const file = join(directory, "text");
      await writeFile(file, text);
      await mtools("mcopy", "-o", file, `::${name}`);
    },
    async debugfs(...requests) {
      const file = join(directory, "requests");
      await writeFile(file, requests.map((request) => `${request}\n`).join(""));
      const args = ["-w", "-f", file, `${disk}?offset=${await offset(2)}`];
      return (await exec.run({ program: "debugfs", args })).stdout;
    },
    async root() {
      const { stdout } = await exec.run({ program: "sfdisk", args: ["--json", disk] });
      const { id, partitions } = JSON.parse(stdout).partitiontable;
      return { bytes: partitions[1].size * 512, id };
    },
  };
}

async function run(args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const signal = AbortSignal.timeout(30 * 60_000);
  const onLine = (line: string) => {
    lines.push(line);
    if (process.env.PIBUILD_TEST_VERBOSE) process.stdout.write(`${line}\n`);
  };
  await createExec({ signal })
    .run({ program: "qemu-system-aarch64", args, onLine })
    .catch((error: unknown) => {
      throw new Error(`the machine did not end:\n${lines.slice(-60).join("\n")}`, { cause: error });
    });
  return lines.join("\n");
}

/** The image's own consoles are a Pi's; QEMU has one of its own. */
function withoutConsoles(cmdline: string): string {
  return cmdline
    .split(" ")
    .filter((word) => !/^(console=|quiet$)/.test(word))
    .join(" ");
}
