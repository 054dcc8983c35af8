import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";
import {
  layoutDigest,
  layouts,
  openDisk,
  partitionOf,
  partuuids,
  planDisk,
  readSlotCmdline,
} from "@pibuild/partitioner";
import { createRig, makesBootFiles, needs, type Rig } from "@pibuild/test-kit";
import { describe, expect } from "vitest";

const it = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "mtype", "debugfs");
const repository = fileURLToPath(new URL("../../..", import.meta.url));
const exec = createExec();
const GiB = 1024 ** 3;

/** The least that a stage leaves for an image to be made of; `$1` and later are in cmdline.txt. */
const tree = (cmdline: string) => `#!/bin/bash -e
cd "\${ROOTFS_DIR}" 2>/dev/null || { mkdir -p "\${ROOTFS_DIR}"; cd "\${ROOTFS_DIR}"; }
mkdir -p etc/default
${makesBootFiles}printf '%s\\n' '${cmdline}' >boot/firmware/cmdline.txt
echo bootcode >boot/firmware/bootcode.bin
printf 'BOOTDEV\\t/boot/firmware\\tvfat\\tdefaults\\t0\\t2\\nROOTDEV\\t/\\text4\\tdefaults\\t0\\t1\\n' >etc/fstab
printf 'A=1\\nROOTPART=ROOTDEV\\n' >etc/default/raspi-firmware
env | grep ^DISK_ | sort >etc/disk
`;

async function abImage(disk: string, cmdline: string): Promise<Rig> {
  const rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": `stages: [stages/one]\ndisk: ${disk}\n`,
    "stages/export/.keep": "",
    "stages/one/prerun.sh": tree(cmdline),
  });
  for (const stage of ["stages/partitions", "stages/slots"])
    await cp(join(repository, stage), join(rig.path, stage), { recursive: true });
  return rig;
}

for (const table of ["gpt-hybrid", "mbr"] as const) {
  describe(`an A/B image with a ${table} table`, () => {
    it("names no slot in its root filesystem, and slot A in its boot partition", async () => {
      const written = "console=tty1  root=ROOTDEV init=/usr/lib/x/firstboot rootwait resize quiet";
      await using rig = await abImage(`{ layout: ab6, table: ${table}, size: 2GiB }`, written);
      const { exitCode, stderr } = await rig.pibuild(["build", "pi", "--target", "disk"]);
      expect(exitCode, stderr).toBe(0);

      const output = join(rig.path, "dist/pi/pi.img");
      const layout = { ...layouts.ab6, table };
      const plan = planDisk(layout, { diskBytes: 2 * GiB });
      const ids = partuuids(layout, "pi");
      const root = (request: string) => {
        const at = `${output}?offset=${partitionOf(plan, "root-a").startBytes}`;
        return exec.run({ program: "debugfs", args: ["-R", request, at] });
      };
      const device = (role: "common" | "shared") =>
        table === "mbr" ? `PARTUUID=${ids[role]}` : `PARTLABEL=${role}`;
      expect((await root("cat /etc/fstab")).stdout).toBe(
        [
          `${device("common")}\t/boot/common\tvfat\tdefaults,ro,nofail\t0\t0`,
          `${device("shared")}\t/home/shared\text4\tdefaults,noatime,nofail\t0\t2`,
          "/dev/root\t/\text4\tdefaults\t0\t1",
        ].join("\n"),
      );
      expect((await root("cat /etc/default/raspi-firmware")).stdout).toBe("A=1");
      expect((await root("cat /etc/disk")).stdout.split("\n")).toEqual([
        "DISK_BOARD=",
        "DISK_LAYOUT=ab6",
        `DISK_LAYOUT_DIGEST=${layoutDigest(plan)}`,
        `DISK_TABLE=${table}`,
      ]);

      await using disk = await openDisk(output);
      const { a } = await readSlotCmdline(disk, plan, "pi");
      expect(a.toString()).toBe(
        `${`console=tty1 root=PARTUUID=${ids["root-a"]} rootwait quiet`.padEnd(511)}\n`,
      );
      const common = `${output}@@${partitionOf(plan, "common").startBytes}`;
      const { stdout } = await exec.run({
        program: "mtype",
        args: ["-i", common, "::bootcode.bin"],
        env: { MTOOLS_SKIP_CHECK: "1" },
      });
      expect(stdout).toBe("bootcode");
    });
  });
}

it("a cmdline.txt that is too long for a sector fails in its step", async () => {
  await using rig = await abImage("{ layout: ab6 }", `root=ROOTDEV ${"x".repeat(480)}`);
  const { exitCode, stderr } = await rig.pibuild(["build", "pi", "--target", "disk"]);
  expect(exitCode).toBe(6);
  expect(stderr).toContain("and a slot's has room for 511");
});

it("a table that does not boot on its board, and numbers that move, are said before a build", async () => {
  await using rig = await abImage("{ layout: ab6, table: gpt, board: zero2w }", "root=ROOTDEV");
  const refused = await rig.pibuild(["build", "pi"]);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain("`zero2w` does not boot from `gpt`: its boot ROM");
  await rig.write({
    "apps/pi/image.yaml":
      "stages: [stages/one]\ndisk: { layout: ab6, table: mbr, board: zero2w, size: 1GiB }\n",
  });
  const small = await rig.pibuild(["build", "pi"]);
  expect(small.exitCode).toBe(3);
  expect(small.stderr).toContain("a disk of 1.0 GiB leaves no room for `root-a` and `root-b`");
  await rig.write({
    "apps/pi/image.yaml": "stages: [stages/one]\ndisk: { layout: ab6, table: mbr }\n",
  });
  const plan = await rig.pibuild(["plan", "pi"]);
  expect(plan.stderr).toContain("`root-a` is 5, `root-b` is 6, `shared` is 7");
});
