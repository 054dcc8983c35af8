import { cp, mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs, writeTree } from "@pibuild/test-kit";
import { expect } from "vitest";
import { scriptsDirectory } from "../src/scripts.ts";

const onBash = needs("bash");

onBash(
  "pi-gen's debootstrap asks the run's proxy for the archives of the image, and for no other",
  async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-debootstrap-"));
    const at = (name: string) => join(scratch.path, name);
    await cp(scriptsDirectory, at("scripts"), { recursive: true });
    const addresses = [
      "http://a.example/debian/",
      "http://a.example/debian",
      "http://a.example/debian-x",
    ];
    await writeTree(scratch.path, {
      // Where pi-gen's own functions are, debootstrap is wrapped.
      "scripts/common": "on_chroot() { bash -e; }\n",
      // Ours mount what a step sees.
      "scripts/common.sh": "log() { :; }\n",
      "scripts/confine.sh": "confine() { :; }\n",
      "fetch/proxy": "http://127.0.0.1:7\n",
      "fetch/proxied": "http://other.example/x\nhttp://a.example/debian\n",
      "step/00-run.sh": `#!/bin/bash -e\n${addresses.map((each) => `debootstrap bookworm /t ${each}\n`).join("")}`,
    });
    await mkdir(at("bin"));
    const program = '#!/bin/bash\necho "${http_proxy:-none} $WGETRC ${*: -1}"\n';
    await writeFile(at("bin/debootstrap"), program, { mode: 0o755 });
    const { stdout } = await createExec().run({
      program: "bash",
      args: [at("scripts/run-step.sh"), "run:00-run.sh"],
      cwd: at("step"),
      env: {
        ...{ SCRIPT_DIR: at("scripts"), SUB_STAGE_DIR: at("step"), PIBUILD_FETCH: at("fetch") },
        ...{ PIBUILD_APT_ARCHIVES: at("archives"), EXPORT_DIR: "", http_proxy: "" },
        PATH: `${at("bin")}:${process.env.PATH}`,
      },
    });
    const wgetrc = at("fetch/wgetrc");
    expect(stdout.split("\n")).toEqual([
      `http://127.0.0.1:7 ${wgetrc} http://a.example/debian/`,
      `http://127.0.0.1:7 ${wgetrc} http://a.example/debian`,
      `none ${wgetrc} http://a.example/debian-x`,
    ]);
  },
);
