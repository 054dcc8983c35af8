import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";

const stages = join(import.meta.dirname, "../../../stages");
const userData = await readFile(join(stages, "../apps/sugarkube/user-data"), "utf8");

/** What a tree of Debian's kind has by then; its `cloud-init` minds nothing and writes down its call. */
const tree = `#!/bin/bash -e
mkdir -p "\${ROOTFS_DIR}/boot/firmware" "\${ROOTFS_DIR}/etc/cloud/cloud.cfg.d" "\${ROOTFS_DIR}/usr/bin"
printf '#!/bin/bash\\necho "cloud-init $*" >>/seen\\n' >"\${ROOTFS_DIR}/usr/bin/cloud-init"
chmod 755 "\${ROOTFS_DIR}/usr/bin/cloud-init"
`;

/** The stage's own files, by path. */
async function filesOf(stage: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(join(stages, stage), { withFileTypes: true })) {
    const path = join(stages, stage, entry.name);
    const inner = entry.isFile() ? [""] : await readdir(path, { recursive: true });
    for (const name of inner) {
      const file = join(path, name);
      if ((await stat(file)).isFile()) files[join(entry.name, name)] = await readFile(file, "utf8");
    }
  }
  return files;
}

describe("the stages cloud-init and cloud-init-seed", () => {
  let contract: Contract;
  const of = async (step: string, file: string) =>
    readFile(join(await contract.layer(`cloud-init-seed/${step}`), "rootfs", file), "utf8");

  beforeAll(async () => {
    contract = await createContract(
      {
        tree: { "00-tree/00-run.sh": tree },
        "cloud-init": await filesOf("cloud-init"),
        "cloud-init-seed": await filesOf("cloud-init-seed"),
      },
      "settings: { CLOUD_INIT_USER_DATA: user-data, FIRST_USER_NAME: ada }",
    );
    await contract.rig.write({ "apps/t/user-data": userData });
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("puts the image's user-data on the boot partition, byte for byte", async () => {
    expect((await contract.build()).stderr).toBe("");
    expect(await contract.seen("cloud-init/00-packages")).toContainEqual(
      expect.stringMatching(/^apt-get .* install .* cloud-init netplan\.io$/),
    );
    expect(await of("01-seed", "boot/firmware/user-data")).toBe(userData);
    expect(await of("01-seed", "etc/cloud/cloud.cfg.d/90_pibuild.cfg")).toContain("ada");
    expect(await contract.seen("cloud-init-seed/01-seed")).toContain(
      "cloud-init schema --config-file /boot/firmware/user-data",
    );
  });

  onSteps(
    "writes a tunnel's token where root alone reads it, and only where one is given",
    async () => {
      const path = "etc/cloudflared/tunnel.env";
      await contract.build();
      await expect(of("00-tunnel-token", path)).rejects.toThrow("ENOENT");
      const token = "eyJhIjoiMTIzNDU2Nzg5MCJ9";
      const { executed } = await contract.build("cloud-init-seed", { TUNNEL_TOKEN: token });
      expect(executed).toEqual(["cloud-init-seed/00-tunnel-token", "cloud-init-seed/01-seed"]);
      expect(await of("00-tunnel-token", path)).toBe(`TUNNEL_TOKEN=${token}\n`);
      const file = join(await contract.layer("cloud-init-seed/00-tunnel-token"), "rootfs", path);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await of("01-seed", "boot/firmware/user-data")).not.toContain(token);
    },
  );

  onSteps("after an export, a changed user-data runs the seed alone", async () => {
    await contract.rig.write({
      "apps/after/image.yaml": `stages: [stages/base, stages/tree, stages/cloud-init]
export: [stages/export, stages/cloud-init-seed]
settings: { CLOUD_INIT_USER_DATA: user-data, FIRST_USER_NAME: ada }
`,
      "apps/after/user-data": userData,
    });
    await contract.build("cloud-init-seed", {}, "after");
    await contract.rig.write({ "apps/after/user-data": `${userData}# changed\n` });
    const { stdout } = await contract.rig.pibuild(["plan", "after", "--json"]);
    const { steps } = JSON.parse(stdout) as { steps: { step: string; kind: string }[] };
    const rerun = steps.filter(({ kind }) => kind !== "cached").map(({ step }) => step);
    expect(steps.length).toBeGreaterThan(5);
    expect(rerun).toEqual(["cloud-init-seed/01-seed"]);
  });

  onSteps("leaves nothing behind where cloud-init is turned off", async () => {
    const file = "apps/t/image.yaml";
    const yaml = await readFile(join(contract.rig.path, file), "utf8");
    await contract.rig.write({
      [file]: yaml.replace("settings: {", "settings: { ENABLE_CLOUD_INIT: 0,"),
    });
    const { executed } = await contract.build();
    expect(executed).toContain("cloud-init-seed/01-seed");
    await expect(of("01-seed", "boot/firmware/user-data")).rejects.toThrow("ENOENT");
  });
});
