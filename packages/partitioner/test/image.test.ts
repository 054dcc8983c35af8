import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect } from "vitest";
import { diskIds } from "../src/ids/disk-ids.ts";
import { createRig, diskTools, epoch, exec, MiB, type Rig } from "./rig.ts";

const it = needs(...diskTools, "sfdisk", "dumpe2fs", "debugfs", "mdir", "bash");
const rootIt = needs(...diskTools, "debugfs", "bash", "getcap", "root");
const isRoot = process.getuid?.() === 0;
const rootStart = 68 * MiB;
let rig: Rig;

/** One tree with everything that is awkward, made into one image that all tests look at. */
beforeAll(async () => {
  rig = await createRig();
  await rig.write({
    "boot/config.txt": "arm_64bit=1\n",
    "boot/overlays/a-long-overlay-name.dtbo": "x".repeat(3000),
    "boot/Főtanúsítvány.txt": "z",
    "root/etc/hostname": "kn86\n",
    "root/etc/NetLock_Arany_=Class_Gold=_Főtanúsítvány.crt": "cert",
    'root/etc/qu"ote': "q",
    "root/etc/back\\slash": "b",
    "root/etc/sp ace": "s",
    "root/etc/new\nline": "n",
    "root/usr/bin/tool": "tool",
    "root/usr/bin/sudo": "sudo",
    "root/usr/bin/ping": "ping",
  });
  await writeFile(
    Buffer.concat([Buffer.from(join(rig.root, "etc/")), Buffer.from([0xff, 0xfe])]),
    "x",
  );
  await rig.shell(`
    ln root/usr/bin/tool root/usr/bin/twin
    ln -s tool root/usr/bin/link; ln -s ${"l".repeat(100)} root/usr/bin/long
    mkfifo root/etc/fifo; mkdir root/lost+found; chmod 4755 root/usr/bin/sudo; chmod 1777 root/etc
    truncate -s 8M root/etc/sparse; printf end >> root/etc/sparse
    touch -h -d @1500000000.123456789 root/usr/bin/tool root/usr/bin/link root/usr
    touch -d @1900000000 root/etc/hostname; touch -d @-5 root/etc/sparse`);
  if (isRoot) {
    await rig.shell(`
      chown 5:5 root; chmod 700 root
      mknod root/etc/null c 1 3; mknod root/etc/disk b 8 1
      chown 1000:29 root/etc/hostname; chown -h 7:8 root/usr/bin/link
      setcap cap_net_raw+ep root/usr/bin/ping`);
  }
  await rig.assemble();
});
afterAll(() => rig?.[Symbol.asyncDispose]());

async function dump(program: "sfdisk" | "dumpe2fs" | "mdir", args: string[]): Promise<string> {
  const { stdout } = await exec.run({ program, args });
  return stdout.replaceAll(rig.output, "disk.img");
}

/** `field: value` of debugfs's `stat`. */
async function inode(path: string): Promise<Record<string, string>> {
  const text = await rig.debugfs(`stat "${path}"`, rootStart);
  const fields = text.matchAll(/(\w+):\s+(0x[0-9a-f]+:[0-9a-f]+|\S+)/g);
  // The first of a name counts: `Size` comes again, for the fragment.
  return Object.fromEntries(
    [...fields].reverse().map(([, key, value]) => [key ?? "", value ?? ""]),
  );
}

it("sfdisk reads the table that was planned", async () => {
  expect(await dump("sfdisk", ["-d", rig.output])).toMatchInlineSnapshot(`
    "label: dos
    label-id: 0x07ad7d4e
    device: disk.img
    unit: sectors
    sector-size: 512

    disk.img1 : start=        8192, size=      131072, type=c
    disk.img2 : start=      139264, size=      131072, type=83"
  `);
});

it("dumpe2fs shows pinned features, ids and dates", async () => {
  // Not every release of dumpe2fs takes an offset.
  await rig.shell(`tail -c +${rootStart + 1} "${rig.output}" >root.ext4`);
  const text = await dump("dumpe2fs", ["-h", join(rig.path, "root.ext4")]);
  // What moves with the content only, and with the release of e2fsprogs; some of them align with a tab.
  const moving =
    /^(Free blocks|Free inodes|Lifetime writes|Checksum|Overhead clusters|Inode count):?\s/;
  expect(
    text
      .split("\n")
      .filter((line) => !moving.test(line))
      .map((line) => line.replace(/:\s+/, ": "))
      .join("\n"),
  ).toMatchInlineSnapshot(`
    "Filesystem volume name: rootfs
    Last mounted on: <not available>
    Filesystem UUID: e29c30ca-8529-8bf5-9fd7-728a1784e832
    Filesystem magic number: 0xEF53
    Filesystem revision #: 1 (dynamic)
    Filesystem features: has_journal ext_attr resize_inode dir_index filetype extent flex_bg sparse_super large_file dir_nlink extra_isize metadata_csum
    Filesystem flags: signed_directory_hash 
    Default mount options: user_xattr acl
    Filesystem state: clean
    Errors behavior: Continue
    Filesystem OS type: Linux
    Block count: 16384
    Reserved block count: 819
    First block: 0
    Block size: 4096
    Fragment size: 4096
    Reserved GDT blocks: 3
    Blocks per group: 32768
    Fragments per group: 32768
    Inodes per group: 4096
    Inode blocks per group: 256
    Flex block group size: 16
    Filesystem created: Tue Nov 14 22:13:20 2023
    Last mount time: n/a
    Last write time: Tue Nov 14 22:13:20 2023
    Mount count: 0
    Maximum mount count: -1
    Last checked: Tue Nov 14 22:13:20 2023
    Check interval: 0 (<none>)
    Reserved blocks uid: 0 (user root)
    Reserved blocks gid: 0 (group root)
    First inode: 11
    Inode size: 256
    Required extra isize: 32
    Desired extra isize: 32
    Journal inode: 8
    Default directory hash: half_md4
    Directory Hash Seed: 836268ef-15d3-885c-8974-e606261fd8dd
    Journal backup: inode blocks
    Journal features: (none)
    Total journal size: 4096k
    Total journal blocks: 1024
    Max transaction length: 1024
    Fast commit length: 0
    Journal sequence: 0x00000001
    Journal start: 0
    "
  `);
  expect(text).toContain(diskIds("test").ext4Uuid);
});

it("mdir lists the boot partition with the date of the build", async () => {
  const listing = await dump("mdir", ["-/", "-a", "-i", `${rig.output}@@${4 * MiB}`, "::"]);
  expect(listing).toMatchInlineSnapshot(`
    " Volume in drive : is bootfs     
     Volume Serial Number is 96E3-3143
    Directory for ::/

    overlays     <DIR>     2023-11-14  22:13 
    FOTANÚ~1 TXT         1 2023-11-14  22:13  Főtanúsítvány.txt
    config   txt        12 2023-11-14  22:13 
            3 files                  13 bytes

    Directory for ::/overlays

    .            <DIR>     2023-11-14  22:13 
    ..           <DIR>     2023-11-14  22:13 
    A-LONG~1 DTB      3000 2023-11-14  22:13  a-long-overlay-name.dtbo
            3 files               3 000 bytes

    Total files listed:
            6 files               3 013 bytes
                             66 038 784 bytes free
    "
  `);
});

it("both filesystems are clean", async () => {
  await exec.run({ program: "fsck.ext4", args: ["-fn", `${rig.output}?offset=${rootStart}`] });
  await rig.shell("dd if=disk.img of=boot.img bs=1M skip=4 count=64 status=none");
  await exec.run({ program: "fsck.vfat", args: ["-n", join(rig.path, "boot.img")] });
});

it("every name arrives, whatever bytes it has", async () => {
  const listing = await rig.debugfs("ls -l /etc", rootStart);
  const names = listing.split("\n").map((line) => line.split(/ \d\d:\d\d /)[1]);
  expect(names.filter((name) => name)).toEqual([
    ".",
    "..",
    "NetLock_Arany_=Class_Gold=_F\\xc5\\x91tan\\xc3\\xbas\\xc3\\xadtv\\xc3\\xa1ny.crt",
    "back\\x5cslash",
    ...(isRoot ? ["disk"] : []),
    "fifo",
    "hostname",
    "new\\x0aline",
    ...(isRoot ? ["null"] : []),
    'qu"ote',
    "sp ace",
    "sparse",
    "\\xff\\xfe",
  ]);
});

it("a file's content arrives, with its holes", async () => {
  expect(await rig.debugfs("cat /etc/hostname", rootStart)).toBe("kn86");
  const { Size, Blockcount } = await inode("/etc/sparse");
  expect([Size, Blockcount]).toEqual([String(8 * MiB + 3), "8"]);
});

it("two names of a file stay one file", async () => {
  const [tool, twin] = [await inode("/usr/bin/tool"), await inode("/usr/bin/twin")];
  expect(tool.Inode).toBe(twin.Inode);
  expect(tool.Links).toBe("2");
});

it("modes arrive, and symlinks short and long", async () => {
  expect((await inode("/usr/bin/sudo")).Mode).toBe("04755");
  expect((await inode("/etc")).Mode).toBe("01777");
  expect((await inode("/etc/fifo")).Type).toBe("FIFO");
  expect(await rig.debugfs("stat /usr/bin/link", rootStart)).toContain('Fast link dest: "tool"');
  expect((await inode("/usr/bin/long")).Size).toBe("100");
});

it("a file keeps when it changed, up to the date of the build; all other times are that date", async () => {
  const build = `0x${epoch.toString(16)}:00000000`;
  const kept = `0x${(1_500_000_000).toString(16)}:00000000`;
  const times = async (path: string) => {
    const { mtime, atime, ctime, crtime } = await inode(path);
    return [mtime, atime, ctime, crtime];
  };
  const rest = [build, build, build];
  expect(await times("/usr/bin/tool")).toEqual([kept, ...rest]);
  expect(await times("/usr/bin/link")).toEqual([kept, ...rest]);
  expect(await times("/usr")).toEqual([kept, ...rest]);
  for (const path of ["/", "/lost+found", "/etc/hostname", "/etc/sparse", "<8>"]) {
    expect(await times(path), path).toEqual([build, ...rest]);
  }
});

rootIt("owners, device nodes and capabilities arrive", async () => {
  expect(await inode("/")).toMatchObject({ User: "0", Group: "0", Mode: "0755" });
  const { User, Group } = await inode("/etc/hostname");
  expect([User, Group]).toEqual(["1000", "29"]);
  expect(await inode("/usr/bin/link")).toMatchObject({ User: "7", Group: "8" });
  expect(await rig.debugfs("stat /etc/null", rootStart)).toMatch(/character special[\s\S]*01:03/);
  expect(await rig.debugfs("stat /etc/disk", rootStart)).toMatch(/block special[\s\S]*08:01/);
  expect(await rig.debugfs("ea_list /usr/bin/ping", rootStart)).toContain(
    "security.capability (20) = 01 00 00 02 00 20 00 00",
  );
});

it("the image is sparse", async () => {
  const { size, blocks } = await stat(rig.output);
  expect(size).toBe(132 * MiB);
  expect(blocks * 512).toBeLessThan(16 * MiB);
});
