import { mkdtempDisposable, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Mirror,
  makePackages,
  makeSigner,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";

const address = "http://archive.example/debian";

/** An apt of the host fetches a package as the image's would, and leaves what apt and dpkg leave in a tree. */
const fetching = (keyring: string) => `#!/bin/bash -e
own="$(mktemp --directory --tmpdir="\${STAGE_WORK_DIR}")"
mkdir -p "\${own}"/{state/lists/partial,cache/archives/partial,etc}
touch "\${own}/state/status"
echo "deb [signed-by=${keyring}] ${address} bookworm main" >"\${own}/etc/sources.list"
cat "\${ROOTFS_DIR}/etc/apt/apt.conf.d/99pibuild-build" >"\${own}/apt.conf"
cat >>"\${own}/apt.conf" <<-EOF
	Dir::State "\${own}/state"; Dir::State::status "\${own}/state/status"; Dir::Cache "\${own}/cache";
	Dir::Etc "\${own}/etc"; Dir::Etc::main "-"; Dir::Etc::parts "-"; APT::Sandbox::User "root";
	APT::Architecture "arm64"; APT::Architectures { "arm64"; }; Acquire::Languages "none";
EOF
export APT_CONFIG="\${own}/apt.conf"
apt-get update --error-on=any
apt-get install --download-only -y one
mkdir -p "\${ROOTFS_DIR}"/var/lib/{apt/lists,dpkg}
cp "\${own}"/state/lists/*_{InRelease,Packages} "\${ROOTFS_DIR}/var/lib/apt/lists"
for deb in "\${own}"/cache/archives/*.deb; do
	dpkg-deb --field "\${deb}"
	printf 'Status: install ok installed\\n\\n'
done >"\${ROOTFS_DIR}/var/lib/dpkg/status"
rm -rf "\${own}"
`;

describe("the lock of an image", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let mirror: Mirror;
  let archive: string;
  let contract: Contract;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-lock-"));
    signer = await makeSigner();
    archive = join(scratch.path, "archive");
    await makePackages(archive, [{ name: "one" }]);
    await releaseArchive(archive, signer, { arch: "arm64" });
    mirror = await serveMirror(archive);
    contract = await createContract({ r: { "00-fetch/00-run.sh": fetching(signer.keyring) } });
  });
  afterAll(async () => {
    await contract[Symbol.asyncDispose]();
    await mirror[Symbol.asyncDispose]();
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  onSteps("repeats its layers when mirrors have moved on, and elsewhere without any", async () => {
    const { rig } = contract;
    const env = { APT_MIRROR: address, DEBIAN_MIRROR: mirror.url, APT_SECURITY_MIRROR: address };
    const lock = (...args: string[]) => rig.pibuild(["lock", ...args], env);
    const layers = async () => {
      const file = join(rig.path, "dist/t/export/manifest.json");
      return JSON.parse(await readFile(file, "utf8")).layers;
    };
    const early = await lock("t");
    expect(early).toMatchObject({ exitCode: 2 });
    expect(early.stderr).toContain("has not been built");
    const first = await contract.build("export", env);
    expect(first, first.stderr).toMatchObject({ exitCode: 0 });
    const before = await layers();

    const written = await lock("t");
    expect(written, written.stderr).toMatchObject({ exitCode: 0 });
    const file = join(rig.path, "apps/t/pibuild.lock");
    const text = await readFile(file, "utf8");
    expect(text).toMatch(
      /^package one 1\.0 all debian pool\/main\/one_1\.0_all\.deb \d+ [0-9a-f]{64}$/m,
    );
    expect(text).toMatch(/^release debian dists\/bookworm\/InRelease \d+ [0-9a-f]{64}$/m);
    expect(await lock("check", "t")).toMatchObject({ exitCode: 0, stdout: "" });
    const to = join(scratch.path, "exported");
    expect(await lock("export", "t", to)).toMatchObject({ exitCode: 0 });
    expect((await readdir(to)).sort()).toContain("pibuild.lock");

    // The archive has a newer version, and nothing of the old release.
    await rm(archive, { recursive: true });
    await makePackages(archive, [{ name: "one", version: "2.0" }]);
    await releaseArchive(archive, signer, { arch: "arm64", date: new Date(Date.now() + 1000) });
    const again = async (more: Record<string, string> = {}) => {
      await rig.pibuild(["clean", "t", "--from", "r/00-fetch"], { ...env, ...more });
      const run = await contract.build("export", { ...env, ...more });
      expect(run, run.stderr).toMatchObject({ exitCode: 0 });
      return layers();
    };
    expect(await again()).toEqual(before);

    const elsewhere = {
      PIBUILD_STORE: join(scratch.path, "other store"),
      PIBUILD_CACHE: join(scratch.path, "other cache"),
      PIBUILD_PACKAGES: to,
    };
    const asked = mirror.asked.length;
    expect(await again({ ...elsewhere, PIBUILD_OFFLINE: "1", PIBUILD_LOCKED: "1" })).toEqual(
      before,
    );
    expect(mirror.asked).toHaveLength(asked);

    await rm(file);
    const unlocked = await contract.build("export", { ...env, ...elsewhere, PIBUILD_LOCKED: "1" });
    expect(unlocked.exitCode).toBe(3);
    expect(await again()).not.toEqual(before);
    await writeFile(file, text);
    const changed = await lock("check", "t", "--json");
    expect(changed.exitCode).toBe(7);
    const plan = await rig.pibuild(["plan", "t"], env);
    expect(plan.stdout).toMatch(/^r\/00-fetch +run/m);
    expect(plan.stdout).toMatch(/^base\/prerun +cached/m);
    expect(JSON.parse(changed.stdout).changes).toContainEqual({
      ...{ what: "package", name: "one:all" },
      from: expect.stringMatching(/^1\.0 /),
      to: expect.stringMatching(/^2\.0 /),
    });
    await writeFile(file, text.replace("image t ", "image other "));
    expect((await contract.build("export", env)).stderr).toContain("this is the lock of other");
  });
});
