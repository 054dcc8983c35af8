import { mkdtempDisposable, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePackages, makeSigner, releaseArchive } from "@pibuild/test-kit";

/** What image and sources call the archive. No name server knows it: mirrors stand for it. */
export const address = "http://archive.example/debian";

/** A signed archive in a directory, which tests serve as mirrors of `address`. */
export interface SignedArchive extends AsyncDisposable {
  readonly path: string;
  /** A directory beside it for what else a test makes. */
  readonly scratch: string;
  readonly keyring: string;
  /** Its line of `sources.list`. */
  readonly source: string;
  /** Puts a newer release with these packages, and no others, in its place. */
  release(packages: Parameters<typeof makePackages>[1]): Promise<void>;
}

/** Makes such an archive with packages of version 1.0. */
export async function createSignedArchive(...names: readonly string[]): Promise<SignedArchive> {
  const scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-archive-"));
  const signer = await makeSigner();
  const path = join(scratch.path, "archive");
  await makePackages(
    path,
    names.map((name) => ({ name })),
  );
  await releaseArchive(path, signer, { arch: "arm64" });
  return {
    ...{ path, scratch: scratch.path, keyring: signer.keyring },
    source: `deb [signed-by=${signer.keyring}] ${address} bookworm main`,
    async release(packages) {
      await rm(path, { recursive: true });
      await makePackages(path, packages);
      // Dates of releases have whole seconds.
      const date = new Date(Date.now() + 1000);
      await releaseArchive(path, signer, { arch: "arm64", date });
    },
    async [Symbol.asyncDispose]() {
      await signer[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

/**
 * Lines of a script that give an apt of the host directories of its own below `${own}`, and have it
 * fetch as the build tells the image's apt.
 */
export const ownApt = (source: string) => `own="$(mktemp --directory --tmpdir="\${STAGE_WORK_DIR}")"
mkdir -p "\${own}"/{state/lists/partial,cache/archives/partial,etc/sources.list.d,etc/preferences.d}
touch "\${own}/state/status"
echo "${source}" >"\${own}/etc/sources.list"
cat "\${ROOTFS_DIR}/etc/apt/apt.conf.d/99pibuild-build" >"\${own}/apt.conf"
cat >>"\${own}/apt.conf" <<-EOF
	Dir::State "\${own}/state"; Dir::State::status "\${own}/state/status"; Dir::Cache "\${own}/cache";
	Dir::Etc "\${own}/etc"; Dir::Etc::main "-"; Dir::Etc::parts "-"; APT::Sandbox::User "root";
	APT::Architecture "arm64"; APT::Architectures { "arm64"; }; Acquire::Languages "none";
EOF
export APT_CONFIG="\${own}/apt.conf"
`;

/** A step that fetches the package `one` and leaves its file's name in the tree. */
export const fetching = (source: string, file: string) => `#!/bin/bash -e
${ownApt(source)}apt-get update --error-on=any
apt-get install --download-only -y one
(cd "\${own}/cache/archives" && echo *.deb) >"\${ROOTFS_DIR}/${file}"
rm -rf "\${own}"
`;
