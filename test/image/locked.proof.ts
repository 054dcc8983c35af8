import { cp, mkdir, mkdtempDisposable, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256File } from "@pibuild/core";
import {
  makePackages,
  makeSigner,
  needs,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { expect } from "vitest";
import {
  type BuildSummary,
  commonStore,
  copyTwin,
  createImageRig,
  type ImageRig,
  ran,
} from "./image-rig.ts";

const proof = needs(
  ...(["root", "mksquashfs", "mmdebstrap", "mke2fs", "mcopy"] as const),
  ...(["ip", "unshare", "gpg", "gpgconf", "dpkg-deb", "dpkg"] as const),
);

const address = "http://archive.example/debian";
const disk = "dist/debian-lite/debian-lite.img";

/** A stage with a package of an archive that the test signs. */
const ownStage = `#!/bin/bash -e
install -m 644 files/own.gpg "\${ROOTFS_DIR}/usr/share/keyrings/own.gpg"
echo "deb [signed-by=/usr/share/keyrings/own.gpg] ${address} bookworm main" \\
	>"\${ROOTFS_DIR}/etc/apt/sources.list.d/own.list"
on_chroot <<-EOF
	apt-get update
	apt-get install -y one
EOF
`;

/** A network of its own, with loopback and without any route. */
const withoutNetwork = [
  ...(["unshare", "--net", "bash", "-ec"] as const),
  ...['ip link set lo up; [ -z "$(ip route)" ]; exec "$@"', "bash"],
] as const;

proof(
  "a locked image is the same bytes when mirrors have moved, and elsewhere without a network from an exported directory",
  async () => {
    await using scratch = await mkdtempDisposable("/var/tmp/pibuild locked-");
    await using signer = await makeSigner();
    const archive = join(scratch.path, "archive");
    const exported = join(scratch.path, "exported");
    await makePackages(archive, [{ name: "one" }]);
    await releaseArchive(archive, signer, { arch: "arm64" });
    await using mirror = await serveMirror(archive);
    await using here = await createImageRig(commonStore);
    await addStage(here, signer, mirror.url);
    const sum = ({ path }: ImageRig) => sha256File(join(path, disk));

    await build(here);
    await here.pibuild(["lock", "debian-lite"]);
    const lock = "apps/debian-lite/pibuild.lock";
    const text = await readFile(join(here.path, lock), "utf8");
    expect(text).toMatch(/^package one 1\.0 all own /m);
    expect(text).toMatch(/^package base-files \S+ arm64 debian /m);
    const first = await build(here, ["--locked"]);
    process.stderr.write(`ran under the new lock: ${ran(first).join(" ")}\n`);
    const locked = await sum(here);
    await here.pibuild(["lock", "check", "debian-lite"]);
    await here.pibuild(["lock", "export", "debian-lite", exported]);

    await rm(archive, { recursive: true });
    await makePackages(archive, [{ name: "one", version: "2.0" }]);
    await releaseArchive(archive, signer, { arch: "arm64", date: new Date(Date.now() + 1000) });
    const update = ["lock", "diff", "debian-lite", "--update", "--json"];
    const { changes } = JSON.parse(await here.pibuild(update));
    expect(changes).toContainEqual({
      ...{ what: "package", name: "one:all" },
      from: expect.stringMatching(/^1\.0 /),
      to: expect.stringMatching(/^2\.0 /),
    });
    await here.pibuild(["clean", "debian-lite", "--from", "own/00-own"]);
    const moved = await build(here, ["--locked"]);
    expect(ran(moved)).toContain("own/00-own");
    expect(await sum(here)).toBe(locked);

    await using there = await createImageRig();
    await addStage(there, signer, mirror.url);
    await cp(join(here.path, lock), join(there.path, lock));
    await copyTwin(here, there);
    const asked = mirror.asked.length;
    const elsewhere = await build(
      there,
      ["--locked", "--offline"],
      { PIBUILD_CACHE: join(scratch.path, "cache"), PIBUILD_PACKAGES: exported },
      withoutNetwork,
    );
    expect(ran(elsewhere)).toEqual(elsewhere.steps.map(({ step }) => step));
    expect(await sum(there)).toBe(locked);
    expect(mirror.asked).toHaveLength(asked);
  },
);

async function build(
  rig: ImageRig,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  through?: typeof withoutNetwork,
): Promise<BuildSummary> {
  const args = ["build", "debian-lite", "--target", "disk", "--json", ...flags];
  const started = performance.now();
  const summary = JSON.parse(await rig.pibuild(args, env, through)) as BuildSummary;
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stderr.write(`${args.join(" ")}: ${seconds} s\n`);
  return summary;
}

async function addStage(rig: ImageRig, { keyring }: Signer, mirror: string): Promise<void> {
  const step = join(rig.path, "stages/own/00-own");
  await mkdir(join(step, "files"), { recursive: true });
  await cp(keyring, join(step, "files/own.gpg"));
  await writeFile(join(step, "00-run.sh"), ownStage, { mode: 0o755 });
  const image = "apps/debian-lite/image.yaml";
  const list = "  - stages/debian-lite\n";
  await rig.edit(image, list, `${list}  - stages/own\n`);
  const own = `own: { addresses: [${address}], candidates: [${mirror}] }`;
  await rig.edit(image, "release: bookworm\n", `release: bookworm\nmirrors:\n  ${own}\n`);
}
