import { closeSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { twinMount } from "@pibuild/binfmt";
import { PibuildError, pathText, sha256File } from "@pibuild/core";
import { walk } from "@pibuild/layers";

/** e_machine of x86-64, two bytes at offset 18: elf(5). */
const amd64 = 62;

/**
 * Throws ENV_UNSUPPORTED where a step copied a program of the twin into the image: a program that
 * asks /proc which file it is, is told the twin's. Packages may hold programs for any machine, so
 * only files that the twin has as well count.
 */
export async function refuseTwinFiles(rootfs: string, step: string): Promise<void> {
  for (const { path, inside, stats } of walk(rootfs)) {
    if (!stats.isFile() || machineOf(path) !== amd64) continue;
    if (!(await isOfTwin(path, stats.size))) continue;
    throw new PibuildError("ENV_UNSUPPORTED", {
      what: `\`${step}\` copied a program that ran in place of the image's own to \`${pathText(inside)}\`; build with \`--no-twin\``,
    });
  }
}

function machineOf(path: Buffer): number | undefined {
  const head = Buffer.alloc(20);
  const file = openSync(path, "r");
  const bytes = readSync(file, head);
  closeSync(file);
  return bytes === head.length && head.readUInt32BE(0) === 0x7f454c46
    ? head.readUInt16LE(18)
    : undefined;
}

async function isOfTwin(path: Buffer, size: number): Promise<boolean> {
  const tree = join(twinMount, "tree");
  for (const name of readdirSync(tree, { recursive: true, encoding: "utf8" })) {
    const candidate = join(tree, name);
    const stats = lstatSync(candidate);
    if (!stats.isFile() || stats.size !== size) continue;
    if ((await sha256File(candidate)) === (await sha256File(path))) return true;
  }
  return false;
}
