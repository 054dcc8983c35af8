import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";

/** What an image said on its serial console, and its own report of its health. */
export interface BootResult {
  readonly console: string;
  readonly check: BootCheck;
}

/** The report of `pibuild-check.service`. */
export interface BootCheck {
  readonly state: string;
  readonly failed: readonly string[];
  readonly root: { readonly source: string; readonly partuuid: string; readonly fstype: string };
  readonly boot: { readonly source: string; readonly partuuid: string; readonly fstype: string };
  readonly kernel: string;
  readonly machineId: boolean;
  readonly hostname: string;
  readonly sshHostKeys: boolean;
}

/** Where the boot partition of layout `standard` begins, in bytes. */
export const bootPartitionOffset = 4 * 1024 * 1024;

/** The only console of QEMU's machine, and the word that asks for the report. */
const testing = ["console=ttyAMA0", "pibuild.check=poweroff"];

/**
 * Words for the kernel of a machine that is emulated beside other work. systemd 254 and later give up a
 * device after so many seconds, and not after 90; systemd's programs a call over D-Bus, and not after 25.
 */
export const slowMachine =
  "systemd.default_device_timeout_sec=600 systemd.setenv=SYSTEMD_BUS_TIMEOUT=600";

export interface BootOptions {
  /** More words for the kernel's command line. */
  readonly words?: readonly string[];
  /** Where the boot partition begins, in bytes. Default: where layout `standard` has it. */
  readonly bootOffset?: number;
}

const report = /PIBUILD-CHECK (\{.*\})/;

/**
 * Boots an image on QEMU's `virt` machine with the kernel, initrd and command line of its own
 * boot partition, waits for its report and its power-off. Writes go to a snapshot: the image
 * stays as it is.
 */
export async function bootImage(
  image: string,
  { words = [], bootOffset = bootPartitionOffset }: BootOptions = {},
): Promise<BootResult> {
  const exec = createExec({ signal: AbortSignal.timeout(15 * 60_000) });
  const scratch = await mkdtemp(join(tmpdir(), "pibuild-boot-"));
  try {
    const files = await listBootFiles(image, bootOffset);
    const take = (name: string) => extract(`${image}@@${bootOffset}`, name, scratch);
    const kernel = await take(only(files, /^vmlinuz-/));
    const initrd = await take(only(files, /^initrd\.img-/));
    const cmdline = (await readFile(await take("cmdline.txt"), "utf8")).trim();
    const lines: string[] = [];
    const args = [
      ...["-machine", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "1024"],
      ...["-nic", "none", "-nographic", "-no-reboot"],
      ...["-kernel", kernel, "-initrd", initrd],
      ...["-append", [withoutConsoles(cmdline), ...testing, slowMachine, ...words].join(" ")],
      ...["-drive", `if=none,id=disk,format=raw,snapshot=on,file=${image.replaceAll(",", ",,")}`],
      ...["-device", "virtio-blk-pci,drive=disk"],
    ];
    const onLine = (line: string) => lines.push(line);
    await exec.run({ program: "qemu-system-aarch64", args, onLine }).catch((error: unknown) => {
      throw new Error(`the machine did not end:\n${lines.slice(-40).join("\n")}`, { cause: error });
    });
    const console = lines.join("\n");
    const check = report.exec(console)?.[1];
    if (check === undefined)
      throw new Error(`the image did not report:\n${lines.slice(-40).join("\n")}`);
    return { console, check: JSON.parse(check) as BootCheck };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Names in the top directory of an image's boot partition. */
export async function listBootFiles(
  image: string,
  offset: number = bootPartitionOffset,
): Promise<string[]> {
  const { stdout } = await createExec().run({
    program: "mdir",
    args: ["-b", "-i", `${image}@@${offset}`, "::"],
    env: { MTOOLS_SKIP_CHECK: "1" },
  });
  return stdout.split("\n").map((line) => line.replace(/^::\//, ""));
}

async function extract(partition: string, name: string, directory: string): Promise<string> {
  const target = join(directory, name);
  await createExec().run({
    program: "mcopy",
    args: ["-n", "-i", partition, `::${name}`, target],
    env: { MTOOLS_SKIP_CHECK: "1" },
  });
  return target;
}

/** The image's own consoles are a Pi's; QEMU has one of its own. */
function withoutConsoles(cmdline: string): string {
  return cmdline
    .split(" ")
    .filter((word) => !/^(console=|quiet$)/.test(word))
    .join(" ");
}

function only(names: readonly string[], pattern: RegExp): string {
  const found = names.filter((name) => pattern.test(name));
  if (found.length !== 1)
    throw new Error(`expected one ${pattern}, found ${found.join(", ") || "none"}`);
  return found[0] ?? "";
}
