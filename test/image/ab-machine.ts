import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, isPibuildError } from "@pibuild/core";
import { autobootBytes, parseAutoboot } from "@pibuild/pi-boot";
import { slowMachine } from "@pibuild/test-kit";

/** How a machine with two slots was started, what it said, and how it asks to be started next. */
export interface AbBoot {
  /** The number of the boot partition that the firmware would choose. */
  readonly partition: number;
  readonly console: string;
  /** `tryboot` after `reboot '0 tryboot'`, `off` where it switched itself off or the power was cut. */
  readonly next: "normal" | "tryboot" | "off";
}

export interface AbBootOptions {
  /** What the last boot asked for; the firmware forgets it as soon as it starts. */
  readonly tryboot?: boolean;
  /** A second disk, which the machine may only read. */
  readonly second?: string;
  /** More words for the kernel. */
  readonly words?: string;
  /** The power is cut when a line of the console is like this. */
  readonly cutAt?: RegExp;
}

interface Partition {
  readonly number: number;
  readonly start: number;
}

/**
 * Boots a disk of two slots in QEMU's `virt` machine the way a Raspberry Pi's firmware does: which
 * slot is in `autoboot.txt`, kernel, initrd and command line are in that slot. It writes to the disk.
 */
export async function bootSlot(disk: string, options: AbBootOptions = {}): Promise<AbBoot> {
  const { tryboot = false, second, words = "", cutAt } = options;
  const scratch = await mkdtemp(join(tmpdir(), "pibuild-slot-"));
  try {
    const partition = await chosenPartition(disk, tryboot, scratch);
    const from = await partitionOf(disk, partition);
    const names = await list(disk, from);
    const kernel = await extract(disk, from, only(names, /^(?:vmlinuz-.*|kernel8\.img)$/), scratch);
    const initrd = await extract(
      disk,
      from,
      only(names, /^(?:initrd\.img-.*|initramfs8)$/),
      scratch,
    );
    const cmdline = await readFile(await extract(disk, from, "cmdline.txt", scratch), "utf8");
    const told = `kn86.partition=${partition} kn86.tryboot=${tryboot ? 1 : 0}`;
    const console = await run({
      cutAt,
      args: [
        ...["-machine", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "1024"],
        ...["-nic", "none", "-nographic", "-no-reboot", "-kernel", kernel, "-initrd", initrd],
        ...[
          "-append",
          `${withoutConsoles(cmdline)} console=ttyAMA0 ${slowMachine} ${told} ${words}`,
        ],
        ...drive("disk", disk, "cache=writeback"),
        ...(second === undefined ? [] : drive("second", second, "readonly=on")),
      ],
    });
    return { partition, console, next: nextOf(console) };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** The partition that `autoboot.txt` names for this boot. */
export async function chosenPartition(
  disk: string,
  tryboot: boolean,
  scratch: string,
): Promise<number> {
  const common = await partitionOf(disk, 1);
  const bytes = await readFile(await extract(disk, common, "autoboot.txt", scratch));
  if (bytes.length !== autobootBytes) throw new Error(`autoboot.txt has ${bytes.length} bytes`);
  const autoboot = parseAutoboot(bytes);
  return tryboot ? autoboot.tryboot : autoboot.boot;
}

/** Where a partition begins, in bytes, by the table as Linux' own tools read it. */
export async function partitionOf(disk: string, number: number): Promise<Partition> {
  const { stdout } = await createExec().run({ program: "sfdisk", args: ["--json", disk] });
  const { sectorsize, partitions } = JSON.parse(stdout).partitiontable as {
    sectorsize: number;
    partitions: { start: number }[];
  };
  const found = partitions[number - 1];
  if (found === undefined) throw new Error(`${disk} has no partition ${number}`);
  return { number, start: found.start * sectorsize };
}

/** Runs QEMU to its end, or to where the power is cut, and gives what the console showed. */
async function run(options: { args: string[]; cutAt: RegExp | undefined }): Promise<string> {
  const { args, cutAt } = options;
  const lines: string[] = [];
  const cut = new AbortController();
  const signal = AbortSignal.any([cut.signal, AbortSignal.timeout(25 * 60_000)]);
  try {
    await createExec({ signal }).run({
      program: "qemu-system-aarch64",
      args,
      onLine(line) {
        lines.push(line);
        if (cutAt?.test(line)) cut.abort("SIGTERM");
      },
    });
  } catch (error) {
    if (!isPibuildError(error, "INTERRUPTED") || !cut.signal.aborted) {
      throw new Error(`the machine did not end:\n${lines.slice(-40).join("\n")}`, { cause: error });
    }
  }
  return lines.join("\n");
}

/** The kernel's last words. */
function nextOf(console: string): AbBoot["next"] {
  if (console.includes("reboot: Restarting system with command '0 tryboot'")) return "tryboot";
  return console.includes("reboot: Restarting system") ? "normal" : "off";
}

function drive(id: string, file: string, options: string): string[] {
  const path = file.replaceAll(",", ",,");
  return [
    ...["-drive", `if=none,id=${id},format=raw,${options},file=${path}`],
    ...["-device", `virtio-blk-pci,drive=${id}`],
  ];
}

async function list(disk: string, { start }: Partition): Promise<string[]> {
  const { stdout } = await createExec().run({
    program: "mdir",
    args: ["-b", "-i", `${disk}@@${start}`, "::"],
    env: { MTOOLS_SKIP_CHECK: "1" },
  });
  return stdout.split("\n").map((line) => line.replace(/^::\//, ""));
}

async function extract(disk: string, { start }: Partition, name: string, directory: string) {
  const target = join(directory, name);
  await createExec().run({
    program: "mcopy",
    args: ["-n", "-i", `${disk}@@${start}`, `::${name}`, target],
    env: { MTOOLS_SKIP_CHECK: "1" },
  });
  return target;
}

/** The image's own consoles are a Pi's; QEMU has one of its own. */
function withoutConsoles(cmdline: string): string {
  return cmdline
    .trim()
    .split(" ")
    .filter((word) => !/^(console=|quiet$)/.test(word))
    .join(" ");
}

function only(names: readonly string[], pattern: RegExp): string {
  const found = names.filter((name) => pattern.test(name));
  if (found.length !== 1) throw new Error(`expected one ${pattern}, found ${found.join(", ")}`);
  return found[0] ?? "";
}
