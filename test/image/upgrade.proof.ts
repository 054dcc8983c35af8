import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect } from "vitest";
import { createImageRig, forget, layerBlob, layersOf } from "./image-rig.ts";

/*
 * pi-gen bootstraps from the release's own suite and upgrades afterwards: apt and perl are then of
 * other versions than the newest. A stand-in for its stage0 does the same.
 */
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const answers = `{
dpkg-query --show apt perl-base
dpkg --print-architecture; apt-config dump | grep '^APT::Architecture'
apt-cache policy | head -3
perl -MConfig -MPOSIX -e 'print "$Config{archname} $^X ", POSIX::floor(2.5), " ", (POSIX::uname())[4], "\\n"'
perl -MEncode -MSocket -MData::Dumper -MDigest::SHA=sha256_hex -e 'print sha256_hex(encode("UTF-8", "x")), inet_ntoa(pack("C4", 1, 2, 3, 4)), "\\n"'
}`;
const files = {
  "../pi-gen/build.sh": "export ARCH=arm64\n",
  "../pi-gen/scripts/common": "true\n",
  "../pi-gen/stage0/prerun.sh": `#!/bin/bash -e
mmdebstrap --mode=root --variant=essential --architectures=arm64 --include=apt,perl,debian-archive-keyring \\
	"\${RELEASE}" "\${ROOTFS_DIR}" "deb [signed-by=${keyring}] \${APT_MIRROR} \${RELEASE} main"
`,
  "apps/upgraded/image.yaml": "stages: [pi-gen/stage0, stages/upgrade]\nexport: stages/export\n",
  "stages/upgrade/00-before/00-run-chroot.sh": `${answers} >/before 2>&1\n`,
  "stages/upgrade/01-upgrade/00-run.sh": `#!/bin/bash -e
cat >>"\${ROOTFS_DIR}/etc/apt/sources.list" <<EOF
deb [signed-by=${keyring}] \${APT_MIRROR} \${RELEASE}-updates main
deb [signed-by=${keyring}] \${APT_SECURITY_MIRROR} \${RELEASE}-security main
EOF
on_chroot <<<"apt-get update && apt-get -y dist-upgrade"
`,
  "stages/upgrade/02-after/00-run-chroot.sh": `${answers} >/after 2>&1\n`,
};

const rig = await createImageRig();
afterAll(() => rig[Symbol.asyncDispose]());
beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) {
    const path = join(rig.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    await chmod(path, 0o755);
  }
});

const onTwin = needs(
  ...(["own mount namespace", "mksquashfs", "mmdebstrap", "qemu-aarch64-static"] as const),
  ...(["musl-gcc", "unsquashfs"] as const),
);
const exec = createExec();
const build = (env: Readonly<Record<string, string>> = {}) =>
  rig.pibuild(["build", "upgraded", "--target", "upgrade"], {
    PIGEN_DIR: join(rig.path, "../pi-gen"),
    ...env,
  });

/** What a step wrote into a file of its layer. */
async function written(step: string, file: string): Promise<string[]> {
  const blob = await layerBlob(rig, "upgraded", step);
  const args = ["-cat", blob, `rootfs/${file}`];
  return (await exec.run({ program: "unsquashfs", args })).stdout.split("\n");
}

/** The paths in the one twin that was made. */
async function twinPaths(): Promise<string> {
  const directory = join(rig.store, "twins");
  const [record = ""] = await readdir(directory);
  const { digest } = JSON.parse(await readFile(join(directory, record), "utf8"));
  const blob = join(rig.store, "blobs/sha256", digest.slice(0, 2), digest);
  return (await exec.run({ program: "unsquashfs", args: ["-l", blob] })).stdout;
}

onTwin("apt and perl of before an upgrade leave the same with the twin as without", async () => {
  await build();
  const before = await written("upgrade/00-before", "before");
  const after = await written("upgrade/02-after", "after");
  expect(before.slice(2)).toEqual(after.slice(2));
  expect(after).toContain('APT::Architecture "arm64";');
  // Right after a point release there is nothing to upgrade.
  const upgraded = before.slice(0, 2).join() !== after.slice(0, 2).join();
  expect((await twinPaths()).includes("/older/usr/")).toBe(upgraded);

  const layers = await layersOf(rig, "upgraded");
  for (const step of Object.keys(layers)) await forget(rig, "upgraded", step);
  await build({ PIBUILD_TWIN: "0" });
  expect(await layersOf(rig, "upgraded")).toEqual(layers);
});
