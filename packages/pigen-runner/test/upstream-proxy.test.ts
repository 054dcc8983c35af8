import { mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programsFor } from "@pibuild/core";
import {
  createRig,
  type Mirror,
  makePackages,
  makeSigner,
  needs,
  type Rig,
  releaseArchive,
  type Signer,
  serveMirror,
  writeStandInPiGen,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { nativePrerun } from "./native-tree.ts";

const onUpstream = needs(
  ...(["root", "gpg", "gpgconf", "dpkg-deb"] as const),
  ...programsFor("steps"),
  ...programsFor("upstream"),
);

/** No such host exists: who reaches it was led to the proxy. */
const address = "http://archive.example/debian";

/** As pi-gen calls debootstrap, and an apt; and what a chroot with `/proc` reads where apt is told to. */
const asking = (keyring: string) => `${nativePrerun}
capsh -- -c "'debootstrap' --arch=arm64 --keyring=${keyring} --print-debs bookworm /tmp/none ${address}" || true
own="$(mktemp --directory)"
mkdir -p "\${own}"/{state/lists/partial,cache/archives/partial,etc}
touch "\${own}/state/status"
for scheme in http https; do
	echo "deb [signed-by=${keyring}] \${scheme}://archive.example/debian bookworm main" >"\${own}/etc/sources.list"
	apt-get -o Dir::State="\${own}/state" -o Dir::State::status="\${own}/state/status" -o Dir::Cache="\${own}/cache" \\
		-o Dir::Etc="\${own}/etc" -o Dir::Etc::main=- -o Dir::Etc::parts=- -o APT::Sandbox::User=root \\
		-o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Acquire::Languages=none update --error-on=any
done
rm -rf "\${own}"
mount -t proc proc "\${ROOTFS_DIR}/proc"
capsh "--chroot=\${ROOTFS_DIR}/" -- -ec 'cat "\${APT_CONFIG}"' >"\${WORK_DIR}/told"
umount "\${ROOTFS_DIR}/proc"
echo done >"\${ROOTFS_DIR}/seen"
`;

/** In the image's own APT_CONFIG, a file that no chroot has. */
const aptLine = 'APT::Install-Suggests "false";';

describe("pi-gen's own build.sh", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let mirror: Mirror;
  let rig: Rig;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-archive-"));
    signer = await makeSigner();
    await makePackages(scratch.path, [{ name: "one" }]);
    await releaseArchive(scratch.path, signer, { arch: "arm64" });
    mirror = await serveMirror(scratch.path);
    rig = await createRig();
    const aptConfig = join(scratch.path, "own.conf");
    await writeFile(aptConfig, `${aptLine}\n`);
    await writeStandInPiGen(rig);
    await rig.write({
      "apps/t/image.yaml": `stages: [pi-gen/stage0, stages/own]\nenv: { APT_CONFIG: ${aptConfig} }\n`,
      "stages/own/prerun.sh": asking(signer.keyring),
      "stages/export/.keep": "",
      "stages/partitions/.keep": "",
    });
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await mirror[Symbol.asyncDispose]();
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  onUpstream("is led to the package proxy, of which nothing stays in its trees", async () => {
    const run = await rig.pibuild(["build", "t", "--runner", "upstream", "--target", "own"], {
      PIGEN_DIR: join(rig.path, "../pi-gen"),
      APT_MIRROR: address,
      APT_SECURITY_MIRROR: address,
      DEBIAN_MIRROR: mirror.url,
    });
    const work = join(rig.store, "upstream/t");
    const log = await readFile(join(rig.path, ".pibuild/logs/t/build.sh.log"), "utf8");
    expect(run.exitCode, run.stderr + log).toBe(0);
    expect(log).toContain("I: Retrieving Packages");
    expect(log).not.toMatch(/^[EW]: /m);
    expect(log).toContain("Get:1 https://archive.example/debian bookworm InRelease");
    const told = await readFile(join(work, "told"), "utf8");
    const [, url] = /^Acquire::http::Proxy::archive\.example "(.*)";$/m.exec(told) ?? [];
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(told.split("\n")).toContain(aptLine);
    const files = await readdir(join(work, "own/rootfs"), { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name));
      expect(bytes.includes(url ?? ""), file.name).toBe(false);
    }
  });
});
