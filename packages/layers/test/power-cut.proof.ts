import { mkdir, mkdtemp, open, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree, sha256 } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";
import { openStore } from "../src/index.ts";
import { entryFor } from "./store-entry.ts";

const exec = createExec();
const rounds = 20;
const layers = 8;

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: what is not on the disk is lost, as without power. */
const cut =
  "my $flags = pack('L', 2); open my $f, '<', $ARGV[0] or die; ioctl($f, 0x8004587d, $flags) or die $!";

needs(
  "own mount namespace",
  "mount",
  "umount",
  "mke2fs",
)(
  "a store loses no layer that was synced when the power goes, and gives none that is not whole",
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "pibuild-power-"));
    onTestFinished(() => removeTree(directory));
    const [disk, path] = [join(directory, "disk.img"), join(directory, "mounted")];
    await mkdir(path);
    await using file = await open(disk, "w");
    await file.truncate(128 * 1024 ** 2);
    await exec.run({ program: "mke2fs", args: ["-q", "-t", "ext4", disk] });
    const mount = async () => exec.run({ program: "mount", args: ["-o", "loop", disk, path] });
    const content = (number: number) => Buffer.alloc(100_000 + number, number);
    let synced: ReadonlySet<number> = new Set();
    let lost = 0;
    for (let round = 0; round < rounds; round++) {
      await mount();
      const store = openStore(join(path, "store"));
      const there = new Set<number>();
      for (let number = 0; number < round * layers; number++) {
        const answer = await store.find(entryFor(number).fingerprint);
        if (synced.has(number)) expect([number, answer.status]).toEqual([number, "hit"]);
        if (answer.status !== "hit") {
          lost += 1;
          continue;
        }
        there.add(number);
        const bytes = await readFile(await store.fetch(answer.record.layer));
        expect(sha256(bytes)).toBe(sha256(content(number)));
      }
      for (let number = round * layers; number < (round + 1) * layers; number++) {
        const packed = join(path, "packed");
        await writeFile(packed, content(number));
        await store.put(packed, entryFor(number));
        there.add(number);
        // Some rounds end without.
        if (number % (layers + 3) !== 0) continue;
        await exec.run({ program: "sync", args: ["--file-system", path] });
        synced = new Set(there);
      }
      await exec.run({ program: { path: "/usr/bin/perl" }, args: ["-e", cut, path] });
      await exec.run({ program: "umount", args: [path] });
    }
    // Else no power was cut.
    expect(lost).toBeGreaterThan(0);
  },
);
