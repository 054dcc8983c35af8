import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs, writeTree } from "@pibuild/test-kit";
import { expect } from "vitest";
import { scriptsDirectory } from "../src/scripts.ts";

/** In place of mmdebstrap: does what its hooks say, and shows what its apt would have. */
const program = `#!/bin/bash -e
target="\${*: -1}"
mkdir -p "\${target}"/etc/apt/{sources.list.d,preferences.d,apt.conf.d}
for argument in "$@"; do
	case "\${argument}" in
		--setup-hook=*) bash -ec "\${argument#*=}" hook "\${target}" ;;
	esac
done
cat "\${target}"/etc/apt/{sources.list.d,preferences.d}/*
`;

needs("bash")(
  "a bootstrap takes packages that the lock has newer, and leaves nothing of how in the tree",
  async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild bootstrap-"));
    const at = (name: string) => join(scratch.path, name);
    await writeTree(scratch.path, {
      "fetch/apt.conf": "",
      "fetch/later.list": "deb http://1.debian.pibuild.invalid bookworm main\n",
      "fetch/later.preferences": "Package: one\nPin: version 2.0\nPin-Priority: 995\n",
      "bin/.keep": "",
    });
    await writeFile(at("bin/mmdebstrap"), program, { mode: 0o755 });
    const script = `source "$1"; bootstrap bookworm "$2"; find "$2" -type f`;
    const { stdout } = await createExec().run({
      program: "bash",
      args: ["-ec", script, "bash", join(scriptsDirectory, "common.sh"), at("tree")],
      env: {
        ...{ PIBUILD_FETCH: at("fetch"), PIBUILD_APT_ARCHIVES: "", ARCH: "arm64" },
        ...{ APT_MIRROR: "", APT_SECURITY_MIRROR: "", PATH: `${at("bin")}:${process.env.PATH}` },
      },
    });
    expect(stdout).toBe(
      "deb http://1.debian.pibuild.invalid bookworm main\nPackage: one\nPin: version 2.0\nPin-Priority: 995",
    );
  },
);
