import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, sha256 } from "@pibuild/core";
import { openDisk, readTable } from "@pibuild/partitioner";
import { type ConformanceWorkspace, imageName } from "../conformance-workspace.ts";
import { type Description, describeTree } from "../describe-tree.ts";
import { unpackInitramfs } from "./initramfs-tree.ts";

/** A finished image, and what its boot partition holds, as a directory. */
export interface Exported {
  readonly image: string;
  readonly boot: string;
}

/** The disk that a layered build made. */
export async function layeredExport(
  exec: Exec,
  { path }: ConformanceWorkspace,
  scratch: string,
): Promise<Exported> {
  const image = join(path, "dist", imageName, `${imageName}.img`);
  const boot = join(scratch, "boot");
  await mkdir(boot, { recursive: true });
  const { boot: start } = await placesOf(image);
  await exec.run({
    program: "mcopy",
    args: ["-s", "-p", "-n", "-i", `${image}@@${start}`, "::*", boot],
    env: { MTOOLS_SKIP_CHECK: "1" },
  });
  return { image, boot };
}

/** The disk that build.sh deployed; its boot partition is a directory of `fat`. */
export async function upstreamExport(
  { path }: ConformanceWorkspace,
  fat: string,
): Promise<Exported> {
  const deployed = join(path, "dist", imageName, "upstream");
  const name = (await readdir(deployed)).find((each) => each.endsWith(".img")) ?? "";
  const partition = (await readdir(fat))[0] ?? "";
  return { image: join(deployed, name), boot: join(fat, partition) };
}

/** Texts that name the disk: build.sh draws its id, ours follows from the image. */
const named = ["/etc/fstab", "/boot/firmware/cmdline.txt"];

/**
 * Every name on a finished disk of two partitions, with the boot partition's below /boot/firmware: of
 * these only type and content, as FAT keeps no more. An initramfs is told by what is in it, below its own
 * name, and the disk's id by a word. Must run as root in a mount namespace of its own.
 */
export async function describeExported(
  exec: Exec,
  { image, boot }: Exported,
  scratch: string,
): Promise<Map<string, Description>> {
  const root = join(scratch, "root");
  await mkdir(root, { recursive: true });
  const { root: start, id } = await placesOf(image);
  await exec.run({
    program: "mount",
    args: ["-o", `ro,loop,noload,offset=${start}`, "-t", "ext4", image, root],
  });
  const tree = new Map(await describeTree(exec, root));
  for (const [inside, description] of await describeTree(exec, boot)) {
    const { type, content } = description;
    const none = { mode: "", owner: "", attributes: "", links: "" };
    tree.set(`/boot/firmware${inside}`, { ...none, type, content: type === "file" ? content : "" });
  }
  for (const inside of named) {
    const description = tree.get(inside);
    const path = inside.startsWith("/boot/firmware/")
      ? join(boot, inside.slice("/boot/firmware".length))
      : join(root, inside);
    if (description === undefined) continue;
    const text = (await readFile(path, "utf8")).replaceAll(id, "<id>");
    tree.set(inside, { ...description, content: sha256(text) });
  }
  await expandInitramfs(exec, tree, { root, boot, scratch });
  return tree;
}

/** Where the partitions of a disk begin, in bytes, and its id. */
async function placesOf(image: string): Promise<{ boot: number; root: number; id: string }> {
  await using disk = await openDisk(image);
  const { mbr } = await readTable(disk);
  const [boot = 0, root = 0] = (mbr?.partitions ?? []).map(({ startBytes }) => startBytes);
  return { boot, root, id: mbr?.id ?? "" };
}

async function expandInitramfs(
  exec: Exec,
  tree: Map<string, Description>,
  { root, boot, scratch }: { root: string; boot: string; scratch: string },
): Promise<void> {
  const found = [
    ...(await readdir(join(root, "boot"))).map((name) => [
      `/boot/${name}`,
      join(root, "boot", name),
    ]),
    ...(await readdir(boot)).map((name) => [`/boot/firmware/${name}`, join(boot, name)]),
  ] as const;
  for (const [inside = "", path = ""] of found) {
    const description = tree.get(inside);
    if (!/\/(?:initrd\.img|initramfs)[^/]*$/.test(inside) || description?.type !== "file") continue;
    const directory = join(scratch, "initramfs", inside.replaceAll("/", "_"));
    await unpackInitramfs(exec, path, directory);
    tree.set(inside, { ...description, content: "below" });
    for (const [name, entry] of await describeTree(exec, directory))
      tree.set(`${inside}!${name}`, entry);
  }
}
