import { mkdir, mkdtemp, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";

const step = join(import.meta.dirname, "../../../stages/kn86-base/03-consoles");
const onHost = needs("bash");

/** Runs the step, twice, on a tree with these files. */
async function after(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "kn86 consoles-"));
  onTestFinished(() => removeTree(root));
  for (const directory of ["boot/firmware", "etc/default", "etc/systemd/system"]) {
    await mkdir(join(root, directory), { recursive: true });
  }
  for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text);
  for (let times = 0; times < 2; times++) {
    await createExec().run({
      program: "bash",
      args: ["-e", "00-run.sh"],
      cwd: step,
      env: { ROOTFS_DIR: root },
    });
  }
  return root;
}

const commandLines = {
  "pi-gen's": [
    "console=serial0,115200 console=tty1 root=ROOTDEV rootfstype=ext4 fsck.repair=yes rootwait resize",
    "console=tty1 root=ROOTDEV rootfstype=ext4 fsck.repair=yes rootwait",
  ],
  "an older pi-gen's": [
    "console=tty1 root=ROOTDEV rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot",
    "console=tty1 root=ROOTDEV rootwait quiet",
  ],
  "Debian's": [
    " console=ttyS1,115200 console=tty1 root=ROOTDEV rw fsck.repair=yes net.ifnames=0  rootwait ",
    "console=tty1 root=ROOTDEV rw fsck.repair=yes net.ifnames=0  rootwait",
  ],
};

for (const [whose, [before, expected]] of Object.entries(commandLines)) {
  onHost(`${whose} command line loses serial consoles, and what grows a partition`, async () => {
    const root = await after({ "boot/firmware/cmdline.txt": `${before}\n` });
    const text = await readFile(join(root, "boot/firmware/cmdline.txt"), "utf8");
    expect(text).toBe(`${expected}\n`);
  });
}

onHost("a kernel update on Debian does not bring them back, and comments stay", async () => {
  const root = await after({
    "etc/default/raspi-firmware": '#   CONSOLES="ttyS1,115200"\nCONSOLES="ttyS1,115200 tty1"\n',
  });
  expect(await readFile(join(root, "etc/default/raspi-firmware"), "utf8")).toBe(
    '#   CONSOLES="ttyS1,115200"\nCONSOLES="tty1"\n',
  );
});

onHost("no login prompt starts on tty1 to tty6, by itself or by a switch to one", async () => {
  const root = await after({});
  const units = join(root, "etc/systemd/system");
  for (const number of [1, 2, 3, 4, 5, 6]) {
    for (const unit of ["getty", "autovt"]) {
      expect(await readlink(join(units, `${unit}@tty${number}.service`))).toBe("/dev/null");
    }
  }
  expect(await readdir(join(root, "etc/systemd/logind.conf.d"))).toEqual(["50-kn86.conf"]);
});
