import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

const script = (text: string) => `#!/bin/bash -e\n${text}\n`;

/** A program of the image, which is no file of the step that starts it. */
const installs = script(`cat >"\${ROOTFS_DIR}/bin/show" <<'END'
#!/bin/bash
echo "\${TARGET_HOSTNAME:?}" >>/seen
END
chmod +x "\${ROOTFS_DIR}/bin/show"`);

describe("a program that reads a setting which no file of its step names", () => {
  onSteps("fails visibly, and works once one does", async () => {
    await using contract = await createContract({
      p: { "00-install/00-run.sh": installs, "01-use/00-run-chroot.sh": "show\n" },
    });
    const missed = await contract.build();
    expect(missed.exitCode).not.toBe(0);
    expect(missed.stderr).toContain("TARGET_HOSTNAME: parameter null or not set");
    expect(missed.stderr).toContain(
      "step `p/01-use` did not get `TARGET_HOSTNAME`, because none of its files names it",
    );
    await contract.rig.write({ "stages/p/01-use/00-run-chroot.sh": "# TARGET_HOSTNAME\nshow\n" });
    expect((await contract.build()).stderr).toBe("");
    const other = await contract.build(undefined, { TARGET_HOSTNAME: "tock" });
    expect(other.executed).toEqual(["p/00-install", "p/01-use"]);
    expect(await contract.seen("p/01-use")).toEqual(["tock"]);
  });
});

describe("what a step sees of the workspace", () => {
  /** As the place of a file is put together, no expression can tell what is read. */
  const reads = script(`here="$(pwd)"
cat "\${here%/*/*}/other/note" >"\${ROOTFS_DIR}/seen"`);

  onSteps("a script that reads another stage's file fails visibly, until it says so", async () => {
    await using contract = await createContract({ f: { "00-reads/00-run.sh": reads } });
    await contract.rig.write({ "stages/other/note": "one\n" });
    const missed = await contract.build();
    expect(missed.exitCode).not.toBe(0);
    const path = "/run/pibuild/base/stages/other/note";
    expect(missed.stderr).toContain(`${path}: No such file or directory`);
    expect(missed.stderr).toContain(
      `step \`f/00-reads\` did not see \`${path}\`, because none of its files names STAGE_DIR or BASE_DIR`,
    );
    await contract.rig.write({ "stages/f/00-reads/00-run.sh": `${reads}# below BASE_DIR\n` });
    expect((await contract.build()).stderr).toBe("");
    expect(await contract.seen("f/00-reads")).toEqual(["one"]);
    await contract.rig.write({ "stages/other/note": "two\n" });
    await contract.build();
    expect(await contract.seen("f/00-reads")).toEqual(["two"]);
  });

  onSteps(
    "its own files, those that it reaches for, and nothing else; what it writes goes away",
    async () => {
      await using contract = await createContract({
        v: {
          shared: "shared\n",
          "lib/real": "real\n",
          "alias/00-run.sh": script(`cat link/real >"\${ROOTFS_DIR}/alias"`),
          "alias/link": { link: "../hop" },
          hop: { link: "lib" },
          "00-own/00-run.sh": script(`find "\${PWD%/v/*}" | sort >"\${ROOTFS_DIR}/seen"
touch new; rm 00-run.sh
if touch "\${PWD%/stages/*}/new" 2>/dev/null; then exit 1; fi`),
          "01-linked": { link: "alias" },
          "02-stage/00-run.sh": script(`cd "\${STAGE_DIR}"; echo * >"\${ROOTFS_DIR}/seen"`),
        },
      });
      expect((await contract.build()).stderr).toBe("");
      const stages = "/run/pibuild/base/stages";
      expect(await contract.seen("v/00-own")).toEqual([
        ...["", "/v", "/v/00-own", "/v/00-own/00-run.sh"].map((path) => `${stages}${path}`),
      ]);
      const own = join(contract.rig.path, "stages/v/00-own");
      expect(await readdir(own)).toEqual(["00-run.sh"]);
      expect(await contract.seen("v/01-linked", "rootfs/alias")).toEqual(["real"]);
      expect(await contract.seen("v/02-stage")).toEqual(["02-stage hop lib shared"]);
    },
  );

  onSteps("of a stage outside of the workspace the same", async () => {
    await using contract = await createContract({});
    const { rig } = contract;
    const outside = join(rig.path, "..", "outside");
    await rig.write({
      "../outside/00-own/00-run.sh": script(`cat x >"\${ROOTFS_DIR}/seen"
find "\${PWD%/*/*}" | sort >>"\${ROOTFS_DIR}/seen"`),
      "../outside/01-other/00-run.sh": script(""),
      "../outside/lib/x": "x\n",
      "apps/t/image.yaml": `stages: [stages/base, "${outside}"]\nexport: stages/export\n`,
    });
    await symlink("../lib/x", join(outside, "00-own/x"));
    expect((await contract.build("outside")).stderr).toBe("");
    const stages = "/run/pibuild/stages";
    expect(await contract.seen("outside/00-own")).toEqual([
      "x",
      stages,
      ...["", "/00-own", "/00-own/00-run.sh", "/00-own/x", "/lib", "/lib/x"].map(
        (path) => `${stages}/outside${path}`,
      ),
    ]);
  });
});

describe("a variable whose name no text tells", () => {
  /** Ways of reading the one that `$name` holds, of which no expression can know. */
  const ways = {
    "bash -c": 'bash -c "echo \\${$name:-absent}"',
    "a generated script": `echo "echo \\\${$name:-absent}" >/tmp/pb-made; . /tmp/pb-made; rm /tmp/pb-made`,
    "a program's list": `$(rev <<<vne) | grep "^$name=" || echo absent`,
    "the kernel's list": `tr '\\0' '\\n' <"/proc/self/$(rev <<<norivne)" | grep "^$name=" || echo absent`,
    python: `python3 -c "import os, sys; print(getattr(os, 'norivne'[::-1])[sys.argv[1]])" "$name" 2>/dev/null || echo absent`,
    perl: `perl -e 'print exists \${"main::EN" . "V"}{$ARGV[0]} ? "there" : "absent", "\\n"' "$name"`,
  };
  const scripts = Object.values(ways).map(
    (way, index) =>
      [
        `0${index}-way/00-run.sh`,
        script(`name="$(rev <<<EMANTSOH_TEGRAT)"\n{ ${way}; } >"\${ROOTFS_DIR}/seen"`),
      ] as const,
  );

  onSteps("is not there, so that no layer has its value", async () => {
    await using contract = await createContract({ h: Object.fromEntries(scripts) });
    expect((await contract.build()).stderr).toBe("");
    for (const [path] of scripts) {
      expect([path, await contract.seen(`h/${path.split("/")[0]}`)]).toEqual([path, ["absent"]]);
    }
    const other = await contract.build(undefined, { TARGET_HOSTNAME: "tock" });
    expect(other.executed).toEqual([]);
  });
});
