import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@pibuild/core";
import { describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

const archives = `\${ROOTFS_DIR}/var/cache/apt/archives`;
const lists = `\${ROOTFS_DIR}/var/lib/apt/lists`;
const paragraph = `Package: good\\nVersion: 1\\nArchitecture: all\\nSHA256: ${sha256("good")}\\n`;
/** What \`apt-get update\` leaves. */
const update = `mkdir -p "${lists}"
printf '${paragraph}' >"${lists}/x_dists_y_main_binary-arm64_Packages"
touch "${lists}/x_dists_y_InRelease"
`;

describe("the package cache", () => {
  onSteps(
    "takes what a signed index names, lends it, and nothing that a step does to it",
    async () => {
      await using contract = await createContract({
        a: {
          "00-x/00-run.sh": `#!/bin/bash -e\n${update}printf good >"${archives}/good_1_all.deb"\nprintf evil >"${archives}/planted_1_all.deb"\n`,
        },
        b: {
          // As large as before.
          "00-x/00-run.sh": `#!/bin/bash -e\ncat "${archives}"/*.deb >>"\${ROOTFS_DIR}/seen"\non_chroot <<<'printf evil >/var/cache/apt/archives/good_1_all.deb'\n`,
        },
        c: {
          "00-x/00-run.sh": `#!/bin/bash -e\ncat "${archives}"/*.deb >"\${ROOTFS_DIR}/seen"\n`,
        },
      });
      const cache = join(contract.rig.path, "..", "cache/packages/bookworm-arm64");
      expect(await contract.build("a")).toMatchObject({ exitCode: 0, stderr: "" });
      const debs = async () => (await readdir(cache)).filter((name) => name.endsWith(".deb"));
      expect(await debs()).toEqual(["good_1_all.deb"]);
      expect(await contract.build("b")).toMatchObject({ exitCode: 0, stderr: "" });
      expect(await contract.seen("b/00-x")).toEqual(["good"]);
      expect(await readFile(join(cache, "good_1_all.deb"), "utf8")).toBe("good");
      // What lies there damaged is not lent, and not believed by its size.
      await writeFile(join(cache, "good_1_all.deb"), "ruin");
      await mkdir(join(cache, "directory.deb"));
      const failed = await contract.build("c");
      expect(failed.exitCode).not.toBe(0);
      expect(await debs()).toEqual([]);
    },
  );
});
