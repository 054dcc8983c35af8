import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";

const script = join(import.meta.dirname, "../../../stages/export/01-initramfs/00-run.sh");
const onInitramfs = needs("bash", "cpio", "xz", "zstd");
const exec = createExec();
const kernel = "6.1.0-1-arm64";
const modules = `usr/lib/modules/${kernel}/kernel`;

/** What the tree and the initramfs made from it both hold, by the name in each. */
const copied: readonly (readonly [tree: string, initramfs: string])[] = [
  ["etc/udev/rules.d/10-own.rules", "etc/udev/rules.d/10-own.rules"],
  ["etc/modprobe.d/own.conf", "etc/modprobe.d/own.conf"],
  ["etc/initramfs-tools/initramfs.conf", "etc/initramfs-tools/initramfs.conf"],
  ["usr/share/initramfs-tools/scripts/own", "scripts/own"],
  ["usr/share/initramfs-tools/init", "init"],
  ["usr/lib/klibc/bin/mount", "usr/bin/mount"],
  ["usr/bin/busybox", "usr/bin/ls"],
  ["usr/lib/systemd/a name\\x2dwith blank", "usr/lib/systemd/a name\\x2dwith blank"],
  [`${modules}/plain.ko`, `${modules}/plain.ko`],
  [`${modules}/packed.ko`, `${modules}/packed.ko`],
];

describe("the initramfs of a tree", () => {
  let pristine: string;
  const write = async (directory: string, name: string, text: string) => {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  };
  const shell = (directory: string, text: string) =>
    exec.run({ program: "bash", args: ["-ec", text], cwd: directory });

  beforeAll(async () => {
    pristine = await mkdtemp(join(tmpdir(), "pibuild-initramfs-"));
    const [tree, inside] = [join(pristine, "tree"), join(pristine, "inside")];
    for (const [index, [from, to]] of copied.entries()) {
      await write(tree, from, `file ${index}\n`);
      await write(inside, to, `file ${index}\n`);
    }
    // Nowhere in the tree, or different by design.
    for (const name of ["conf/arch.conf", "etc/fstab", `usr/lib/modules/${kernel}/modules.dep`]) {
      await write(inside, name, "mkinitramfs wrote this\n");
    }
    await write(tree, "etc/fstab", "the tree's\n");
    await write(tree, `boot/vmlinuz-${kernel}`, "");
    await write(tree, "usr/sbin/update-initramfs", "");
    await chmod(join(tree, "usr/sbin/update-initramfs"), 0o755);
    await shell(
      pristine,
      `xz tree/${modules}/packed.ko
      (cd inside && find . | cpio --create --format=newc --quiet | zstd -q) >tree/boot/initrd.img-${kernel}`,
    );
  });
  afterAll(() => removeTree(pristine));

  /** What the step says of it once the tree was changed. */
  async function verdict(change: (tree: string) => Promise<unknown>): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), "pibuild-initramfs-"));
    const tree = join(directory, "tree");
    await cp(join(pristine, "tree"), tree, { recursive: true, verbatimSymlinks: true });
    await change(tree);
    const image = `boot/initrd.img-${kernel}`;
    // In place of update-initramfs.
    const { stdout } = await shell(
      directory,
      `log() { echo "$*"; }
      on_chroot() { echo new >"$ROOTFS_DIR/${image}"; }
      export -f log on_chroot
      export ROOTFS_DIR="$PWD/tree" STAGE_WORK_DIR="$PWD/work"
      mkdir work
      bash -e ${script}
      rmdir work`,
    );
    await removeTree(directory);
    return stdout.trim().replace(`initramfs of ${kernel}: `, "");
  }

  onInitramfs("stays as it was where it holds what the tree does", async () => {
    expect(await verdict(async () => {})).toBe("as it was");
    expect(await verdict((tree) => write(tree, "etc/motd", "hello"))).toBe("as it was");
  });

  onInitramfs(
    "stays as it was where a program is gone from all places it could be from",
    async () => {
      const gone = ["usr/lib/klibc/bin/mount", "usr/bin/busybox", `${modules}/plain.ko`];
      const change = (tree: string) => Promise.all(gone.map((name) => rm(join(tree, name))));
      expect(await verdict(change)).toBe("as it was");
    },
  );

  for (const [from, to] of copied) {
    onInitramfs(`is made again where ${from} differs`, async () => {
      const isPacked = from.endsWith("packed.ko");
      const change = (tree: string) =>
        isPacked
          ? shell(join(tree, modules), "echo other | xz >packed.ko.xz")
          : write(tree, from, "other\n");
      expect(await verdict(change)).toBe(`made again, because of ${to}`);
    });
  }

  onInitramfs("is made again where a packed module cannot be unpacked", async () => {
    const change = (tree: string) => write(tree, `${modules}/packed.ko.xz`, "no archive");
    expect(await verdict(change)).toBe(`made again, because of ${modules}/packed.ko`);
  });

  onInitramfs("is made again where configuration is new, gone or hidden", async () => {
    const own = "etc/modprobe.d/own.conf";
    expect(await verdict((tree) => rm(join(tree, own)))).toBe(`made again, because of ${own}`);
    const hide = async (tree: string) => {
      await rm(join(tree, own));
      await symlink("/dev/null", join(tree, own));
    };
    expect(await verdict(hide)).toBe(`made again, because of ${own}`);
    const add = (tree: string) => write(tree, "etc/modprobe.d/new.conf", "blacklist x\n");
    expect(await verdict(add)).toBe("made again, because of etc/modprobe.d/new.conf");
  });

  onInitramfs("is made again where it cannot be read or is missing", async () => {
    const image = `boot/initrd.img-${kernel}`;
    const spoil = (tree: string) => write(tree, image, "no archive");
    expect(await verdict(spoil)).toBe("made again, because of an archive that cannot be read");
    const remove = (tree: string) => rm(join(tree, image));
    expect(await verdict(remove)).toBe("made again, because of it is missing");
  });
});
