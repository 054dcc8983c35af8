import { mkdtempDisposable, open, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, createExec } from "@pibuild/core";
import type { TableKind } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import type { Layout } from "../src/layout/layout.ts";
import { layouts } from "../src/layout/layouts.ts";
import { planDisk } from "../src/layout/plan.ts";
import { openDisk } from "../src/read/disk-reader.ts";
import { readTable } from "../src/read/read-table.ts";
import type { DiskTable } from "../src/read/seen.ts";
import { encodeTable } from "../src/table/encode-table.ts";

const exec = createExec();
const GiB = 1024 ** 3;
const seed = "tools";

interface Disk {
  readonly path: string;
  /** Of the partition that is last on the disk. */
  readonly number: number;
  readonly startSector: number;
}

/** What people grow the last partition of a card with, and what Raspberry Pi OS and cloud-init do. */
const tools: Readonly<Record<string, (disk: Disk) => Command>> = {
  "`parted --fix … resizepart`": ({ path, number }) => ({
    program: "parted",
    args: ["--script", "--fix", path, "unit", "s", "resizepart", String(number), "100%"],
  }),
  "`sfdisk -N`": ({ path, number }) => ({
    program: "sfdisk",
    args: ["--no-reread", "--no-tell-kernel", "-N", String(number), path],
    input: ", +\n",
  }),
  "`growpart` (cloud-init)": ({ path, number }) => ({
    program: "growpart",
    args: [path, String(number)],
    allowExit: [1, 2],
  }),
  "`fdisk`, deleted and made again (`raspi-config`'s expand)": ({ path, number, startSector }) => ({
    program: "fdisk",
    args: [path],
    input: `p\nd\n${number}\nn\np\n${number}\n${startSector}\n\np\nw\n`,
    allowExit: [1],
  }),
  "`sgdisk -e`": ({ path }) => ({ program: "sgdisk", args: ["-e", path] }),
  "`gdisk`, written": ({ path }) => ({ program: "gdisk", args: [path], input: "w\ny\n" }),
};

const disks: readonly { layout: keyof typeof layouts; table: TableKind }[] = [
  { layout: "standard", table: "mbr" },
  { layout: "standard", table: "gpt" },
  { layout: "ab6", table: "mbr" },
  { layout: "ab6", table: "gpt" },
  { layout: "ab6", table: "gpt-hybrid" },
];

/** What a tool did to a disk's tables. */
async function outcome(
  { layout: name, table }: (typeof disks)[number],
  tool: (disk: Disk) => Command,
): Promise<string> {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-tools-"));
  const path = join(scratch.path, "disk");
  const layout: Layout<string> = { ...layouts[name], table };
  const plan = planDisk(layout, { diskBytes: 2 * GiB, contentBytes: { root: GiB } });
  const file = await open(path, "w");
  for (const { sector, bytes } of encodeTable(plan, seed))
    await file.write(bytes, 0, bytes.length, sector * 512);
  await file.truncate(2 * GiB);
  await file.close();
  await truncate(path, 4 * GiB);
  const before = await tableOf(path);
  const last = seen(before).at(-1);
  const number = last?.number ?? 0;
  const command = tool({ path, number, startSector: (last?.startBytes ?? 0) / 512 });
  await exec.run({ ...command, allowExit: [1, 2, 3, 4, 5] });
  const after = await tableOf(path);
  if (after.kind !== before.kind) return `**makes it ${after.kind}**`;
  const changes = [
    ...(ids(after) === ids(before) ? [] : ["**changes ids**"]),
    ...((seen(after).at(-1)?.sizeBytes ?? 0) > (last?.sizeBytes ?? 0) ? ["grows"] : ["leaves it"]),
    ...(after.problems.some(({ kind }) => kind === "views-differ")
      ? ["**leaves its MBR behind**"]
      : []),
  ];
  return changes.join(", ");
}

async function tableOf(path: string): Promise<DiskTable> {
  await using disk = await openDisk(path);
  return await readTable(disk);
}

/** As the tool and Linux see them: the GPT's, where there is one. */
const seen = ({ gpt, mbr }: DiskTable) =>
  [...((gpt ?? mbr)?.partitions ?? [])].sort((a, b) => a.startBytes - b.startBytes);
const ids = (table: DiskTable) =>
  JSON.stringify([
    table.mbr?.id,
    table.gpt?.id,
    ...seen(table).map(({ partuuid, name, type, startBytes }) => [
      partuuid,
      name,
      type,
      startBytes,
    ]),
  ]);

needs(
  "parted",
  "sfdisk",
  "fdisk",
  "sgdisk",
  "growpart",
)(
  "what tools that grow a card's last partition do to ids and tables is what the docs say",
  async () => {
    const rows: string[] = [];
    for (const [name, tool] of Object.entries(tools)) {
      const cells: string[] = [];
      for (const disk of disks) cells.push(await outcome(disk, tool));
      rows.push(`| ${name} | ${cells.join(" | ")} |`);
    }
    const head = disks.map(({ layout, table }) => `\`${layout}\`, \`${table}\``).join(" | ");
    const text = `# Tools for disks, and what they do to an image's table

Cards are larger than images, and people grow the last partition. Each tool did so on a disk of twice the
size: ids are those of the disk and its partitions, by which the kernel finds its root. What is bold breaks
a disk, and the tool must not be used on it; "leaves it" means that the partition stays as it is. A test makes
this page.

| | ${head} |
|---|${disks.map(() => "---|").join("")}
${rows.join("\n")}
`;
    await expect(text).toMatchFileSnapshot("../../../docs/reference/disk-tools.md");
  },
);
