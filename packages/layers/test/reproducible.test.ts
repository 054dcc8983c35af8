import { lstat, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { sha256File } from "@pibuild/core";
import { expect } from "vitest";
import { createLayerRig, layering, sourceDateEpoch } from "./rig.ts";
import { dumpTree } from "./tree-dump.ts";

const base =
  "umask 022; mkdir -p etc opt/old; echo a > etc/a; ln etc/a etc/b; echo x > opt/old/x; echo l > log";

/** The parts of a step, which must not care for their order. */
const parts = [
  "mkdir -p z/y/x; echo deep > z/y/x/file",
  "for i in {1..300}; do echo $i > f$i; done",
  "echo more >> etc/a",
  "rm -r opt/old; mkdir opt/old; echo new > opt/old/new",
  "rm log",
  "ln -s target link; mknod null c 1 3; mkfifo pipe",
  "echo cap > cap; setcap cap_net_raw+ep cap; setfattr -n user.b -v 1 cap; setfattr -n user.a -v 2 cap",
  "mkdir -p var/log; date +%N > var/log/now; mkdir -p etc/ssh; date +%N > etc/ssh/ssh_host_x_key",
  "head -c 3000000 /dev/zero | tr '\\0' 'q' > large; cp large large-too",
];

/** A layer's digest, made in this order, with these times. */
async function build(steps: readonly string[], seconds: number): Promise<string> {
  await using rig = await createLayerRig();
  const touch = `find . -depth -exec touch -h -m -d @${seconds} {} +`;
  await rig.layer(`${base}; touch -d @1000000000 etc opt opt/old etc/a opt/old/x`);
  return await sha256File(await rig.layer([...steps, touch].join("\n")));
}

layering("another time, place, order and umask give the same bytes", async () => {
  const digest = await build(parts, sourceDateEpoch + 1);
  const before = process.umask(0o077);
  try {
    const umask = ["umask 022", ...parts.toReversed()];
    expect(await build(umask, sourceDateEpoch + 1_000_000)).toBe(digest);
  } finally {
    process.umask(before);
  }
  expect(await build([...parts, "echo other > f7"], sourceDateEpoch + 1)).not.toBe(digest);
});

layering("the two trees of a layer need not be there", async () => {
  await using rig = await createLayerRig();
  const digests: string[] = [];
  for (const name of ["one", "two"]) {
    await mkdir(join(rig.path, name), { mode: name === "one" ? 0o700 : 0o755 });
    digests.push(await sha256File(await rig.pack(join(rig.path, name))));
    // A second is what a squashfs tells apart.
    await rig.run("sleep 1.1", rig.path);
  }
  expect(digests[0]).toBe(digests[1]);
});

layering("times before 1970 and later than the build's date become it, others stay", async () => {
  await using rig = await createLayerRig();
  const times = {
    before: sourceDateEpoch - 1,
    exact: sourceDateEpoch,
    after: sourceDateEpoch + 1,
    link: sourceDateEpoch + 2,
    directory: sourceDateEpoch + 3,
    old: 1,
  };
  const touch = Object.entries(times).map(([name, time]) => `touch -h -d @${time} ${name}`);
  await rig.layer(
    `touch before exact after old; touch -d @-1000 ancient; touch -d @${sourceDateEpoch}.5 half; ln -s x link; mkdir directory\n${touch.join("\n")}`,
  );
  const tree = await dumpTree(rig.exec, await rig.view());
  const found = Object.fromEntries(Object.entries(tree).map(([name, { mtime }]) => [name, mtime]));
  expect(found).toEqual({
    "": sourceDateEpoch,
    ancient: sourceDateEpoch,
    before: sourceDateEpoch - 1,
    exact: sourceDateEpoch,
    half: sourceDateEpoch,
    after: sourceDateEpoch,
    link: sourceDateEpoch,
    directory: sourceDateEpoch,
    old: 1,
  });
});

layering("the overlay's notes go, but for what makes a directory opaque", async () => {
  await using rig = await createLayerRig();
  await rig.layer(
    "mkdir -p dir/sub opaque; echo x > dir/file; ln -s x dir/link; echo o > opaque/o",
  );
  const attributes = async (tree: string) => {
    const { stdout } = await rig.exec.run({
      program: "getfattr",
      args: ["-R", "-P", "-h", "-m", "^trusted", "--absolute-names", tree],
    });
    return new Set(stdout.split("\n").filter((line) => line.startsWith("trusted.")));
  };
  let noted = new Set<string>();
  await rig.layer(
    `echo more >> dir/file; chown -h 1 dir/link; chmod 700 dir/sub; rm -r opaque; mkdir opaque
    echo x > $'dir/line\\nend'; mv $'dir/line\\nend' 'dir/back\\slash'; setfattr -n trusted.own -v x dir/file`,
    async (changes) => {
      noted = await attributes(changes);
    },
  );
  expect([...noted]).toEqual(
    expect.arrayContaining(["trusted.overlay.origin", "trusted.overlay.opaque"]),
  );
  const layer = join(rig.stack.directory, rig.stack.lowers("rootfs")[0] ?? "");
  expect(await attributes(layer)).toEqual(new Set(["trusted.overlay.opaque", "trusted.own"]));
  expect(await readdir(join(await rig.view(), "opaque"))).toEqual([]);
});

layering("a layer holds rootfs, work and deploy, and refuses anything else", async () => {
  await using rig = await createLayerRig();
  await mkdir(join(rig.path, "changes", "rootfs", "etc"), { recursive: true });
  await mkdir(join(rig.path, "changes", "stray"));
  await expect(rig.pack(join(rig.path, "changes"))).rejects.toThrow(
    "a layer holds rootfs, work, deploy, not stray",
  );
  await expect(lstat(join(rig.path, "layer-1.squashfs"))).rejects.toThrow("ENOENT");
});
