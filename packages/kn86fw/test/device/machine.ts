import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandResult, createExec, type Exec } from "@pibuild/core";
import { formatAutoboot } from "@pibuild/pi-boot";
import type { Slot } from "../../src/format/manifest.ts";
import { type Role, roles } from "../crash/operation.ts";
import { publicPems } from "../keys.ts";
import { description } from "../rig.ts";
import { fatVolume } from "./fat-volume.ts";

export const updater = fileURLToPath(
  new URL("../../../../stages/kn86-runtime/02-update/files/kn86-update", import.meta.url),
);

/** What a machine is like before a test; everything has a value that an update may be applied with. */
export interface MachineOptions {
  /** The slot that runs, and whether the firmware was asked to try it. */
  readonly slot?: Slot;
  readonly tryboot?: boolean;
  /** The slot of normal boots; the one that runs where nothing is said. */
  readonly boots?: Slot;
  readonly partitions?: Partial<Record<Role, Buffer>>;
  readonly device?: Partial<Record<string, string | number>>;
  readonly keys?: Readonly<Record<string, string>>;
  /** A partition's mount point, besides that of `shared`. */
  readonly mounts?: Partial<Record<Role, string>>;
  /** The program to run, where it is not the stage's. */
  readonly program?: string;
}

/** A tree of files in place of a device: what the updater looks at, and what it writes to. */
export interface Machine extends AsyncDisposable {
  readonly root: string;
  path(name: string): string;
  write(name: string, content: string | Buffer): Promise<void>;
  read(name: string): Promise<Buffer>;
  partition(role: Role): Promise<Buffer>;
  /** The next boot: what the firmware says, which slot the kernel has, what is in that slot. */
  boot(slot: Slot, tryboot: boolean, device?: MachineOptions["device"]): Promise<void>;
  /** Runs the updater. Whatever it exits with is a result. */
  update(...args: string[]): Promise<CommandResult>;
  /** The arguments of each `reboot`, in order. */
  reboots(): Promise<string[]>;
}

export const deviceFacts = {
  COMPATIBLE: description.compatible,
  BOARD: description.boards[0] as string,
  LAYOUT: description.layout,
  VERSION: "1.0.0",
  SECURITY_EPOCH: 1,
};

export function deviceNode(role: Role): string {
  return `dev/mmcblk0p${roles.indexOf(role) + 1}`;
}

export async function createMachine(options: MachineOptions = {}): Promise<Machine> {
  const root = await mkdtemp(join(tmpdir(), "pibuild machine-"));
  const path = (name: string) => join(root, name);
  const write = async (name: string, content: string | Buffer) => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), content);
  };
  const machine: Machine = {
    root,
    path,
    write,
    read: (name) => readFile(path(name)),
    partition: (role) => readFile(path(deviceNode(role))),
    boot: async (slot, tryboot, device) => {
      await writeBoot(write, slot, tryboot);
      if (device !== undefined)
        await write("etc/kn86/device", lines({ ...deviceFacts, ...device }));
    },
    update: (...args) => runUpdater(createExec(), root, [options.program ?? updater, ...args]),
    reboots: async () =>
      (await readFile(path("reboots"), "utf8").catch(() => "")).split("\n").slice(0, -1),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
  await fill(machine, options);
  return machine;
}

/** `sh` and its words are argv; nothing else of this process's environment gets there. */
export function runUpdater(exec: Exec, root: string, argv: readonly string[]) {
  const [program = "", ...args] = argv;
  return exec.run({
    program: { path: program },
    args,
    env: { KN86_ROOT: root, PATH: `${root}/bin:${process.env.PATH}` },
    allowExit: Array.from({ length: 256 }, (_, code) => code),
  });
}

async function fill(machine: Machine, options: MachineOptions): Promise<void> {
  const { slot = "a", tryboot = false, boots = slot } = options;
  const { write, path } = machine;
  const [boot, other] = boots === "a" ? [2, 3] : [3, 2];
  const common = fatVolume(formatAutoboot({ boot, tryboot: other }));
  const contents = { common, shared: Buffer.alloc(8192), ...options.partitions };
  const mounts = { shared: "/home/shared", ...options.mounts };
  const table: string[] = ["20 1 0:18 / / rw - tmpfs tmpfs rw"];
  for (const [index, role] of roles.entries()) {
    const node = `mmcblk0p${index + 1}`;
    const content = contents[role] ?? Buffer.alloc(8192);
    const place = `sys/devices/mmc/block/mmcblk0/${node}`;
    await write(deviceNode(role), content);
    await write(`${place}/partition`, `${index + 1}\n`);
    await write(`${place}/start`, `${2048 + index * 65536}\n`);
    await write(`${place}/size`, `${content.length / 512}\n`);
    await write(`${place}/dev`, `179:${index + 1}\n`);
    await mkdir(path("sys/class/block"), { recursive: true });
    await symlink(`../../devices/mmc/block/mmcblk0/${node}`, path(`sys/class/block/${node}`));
    await mkdir(path("dev/disk/by-partuuid"), { recursive: true });
    await symlink(
      `../../mmcblk0p${index + 1}`,
      path(`dev/disk/by-partuuid/4b4e3836-0${index + 1}`),
    );
    if (mounts[role] !== undefined) {
      table.push(
        `${30 + index} 20 179:${index + 1} / ${mounts[role]} rw,nosuid - ext4 /dev/${node} rw`,
      );
    }
  }
  await write("proc/1/mountinfo", `${table.join("\n")}\n`);
  await write("proc/swaps", "Filename Type Size Used Priority\n");
  await writeBoot(write, slot, tryboot);
  await write("etc/kn86/device", lines({ ...deviceFacts, ...options.device }));
  const keys = options.keys ?? { "first.pub": publicPems.first, "second.pub": publicPems.second };
  for (const [name, pem] of Object.entries(keys)) await write(`etc/kn86/keys.d/${name}`, pem);
  await mkdir(path("home/shared"), { recursive: true });
  await mkdir(path("run"), { recursive: true });
  await write("bin/reboot", `#!/bin/sh\nprintf '%s\\n' "$*" >>'${path("reboots")}'\n`);
  await chmod(path("bin/reboot"), 0o755);
}

async function writeBoot(write: Machine["write"], slot: Slot, tryboot: boolean): Promise<void> {
  const [partition, root] = slot === "a" ? [2, 4] : [3, 5];
  const node = "proc/device-tree/chosen/bootloader";
  await write(`${node}/partition`, Buffer.from([0, 0, 0, partition]));
  await write(`${node}/tryboot`, Buffer.from([0, 0, 0, Number(tryboot)]));
  await write("proc/cmdline", `console=tty1 root=PARTUUID=4B4E3836-0${root} rootwait\n`);
}

function lines(values: Partial<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
