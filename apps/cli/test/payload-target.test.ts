import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { layoutDigest, layouts, partuuids, planDisk } from "@pibuild/partitioner";
import { createRig, makesBootFiles, needs, type Rig } from "@pibuild/test-kit";
import { expect } from "vitest";

const it = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "xz");
const repository = fileURLToPath(new URL("../../..", import.meta.url));
const GiB = 1024 ** 3;

/** The least that a stage leaves for an A/B image to be made of. */
const stage = `#!/bin/bash -e
mkdir -p "\${ROOTFS_DIR}/etc/kn86"
${makesBootFiles}cd "\${ROOTFS_DIR}"
echo 'console=tty1 root=ROOTDEV rootwait' >boot/firmware/cmdline.txt
echo "VERSION=\${PAYLOAD_VERSION} \${PAYLOAD_COMPATIBLE} \${PAYLOAD_SECURITY_EPOCH}" >etc/kn86/device
`;

const imageYaml = (version: string) => `stages: [stages/one]
disk: { layout: ab6, board: zero2w, size: 2GiB }
payload: { compatible: kn86-deckline, version: ${version}, security_epoch: 4 }
compression: { level: 0 }
`;

async function abImage(): Promise<Rig> {
  const rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": imageYaml("1.2.0"),
    "stages/export/.keep": "",
    "stages/one/prerun.sh": stage,
  });
  for (const stage of ["stages/partitions", "stages/slots"])
    await cp(join(repository, stage), join(rig.path, stage), { recursive: true });
  return rig;
}

it("an image with slots gets a payload beside it, the same bytes where it is made again", async () => {
  await using rig = await abImage();
  const built = await rig.pibuild(["build", "pi", "--json"]);
  expect(built.exitCode, built.stderr).toBe(0);
  expect(built.stdout).toContain("dist/pi/pi.kn86fw");
  const payload = "dist/pi/pi.kn86fw";
  const bytes = await readFile(join(rig.path, payload));

  const checked = await rig.pibuild(["payload", "verify", payload, "--unsigned"]);
  expect(checked.stderr).toContain("pi.kn86fw is whole: kn86-deckline 1.2.0 for zero2w");
  const shown = await rig.pibuild(["payload", "inspect", payload, "--json"]);
  const { manifest } = JSON.parse(shown.stdout);
  expect(manifest).toMatchObject({ securityEpoch: 4, createdAt: 1767225600, boards: ["zero2w"] });
  const layout = { ...layouts.ab6, table: "gpt-hybrid" } as const;
  expect(manifest.layout).toBe(layoutDigest(planDisk(layout, { diskBytes: 2 * GiB })));
  const ids = partuuids(layout, "pi");
  expect(bytes.includes(`root=PARTUUID=${ids["root-a"]} rootwait`)).toBe(true);
  expect(bytes.includes(`root=PARTUUID=${ids["root-b"]} rootwait`)).toBe(true);

  const plan = () => rig.pibuild(["plan", "pi"]).then(({ stdout }) => stdout.split("\n").slice(-3));
  expect(await plan()).toEqual([
    expect.stringMatching(/^disk +up to date$/),
    expect.stringMatching(/^artifacts +up to date$/),
    expect.stringMatching(/^payload +up to date$/),
  ]);
  await rig.write({ [payload]: "something else" });
  expect((await plan())[2]).toMatch(/^payload +run +its files are gone, or were written to since$/);
  expect((await rig.pibuild(["build", "pi"])).exitCode).toBe(0);
  expect(bytes.equals(await readFile(join(rig.path, payload)))).toBe(true);
}, 400_000);
