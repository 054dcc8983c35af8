import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createRig, makesBootFiles, needs } from "@pibuild/test-kit";
import { expect } from "vitest";

const it = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "xz");
const image =
  "stages: [stages/one]\nexport: [stages/partitions]\ndisk: { boot_size: 36MiB, root_free: 8MiB }\ncompression: { level: 0 }\n";
const stage = `#!/bin/bash -e\nmkdir -p "\${ROOTFS_DIR}/etc"\n${makesBootFiles}`;

it("a project without Nx is built, and what failed is said as with Nx", async () => {
  await using rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": image,
    "stages/one/prerun.sh": stage,
    "stages/one/00-more/00-run.sh": '#!/bin/bash -e\necho "no more paper" >&2\nexit 3\n',
  });
  const failed = await rig.pibuild(["build", "pi", "--json"]);
  expect(failed.exitCode, failed.stderr).toBe(6);
  expect(failed.stderr).toContain("error: step `one/00-more` failed in `00-run.sh`");
  expect(JSON.parse(failed.stdout)).toMatchObject({
    steps: [
      { step: "one/prerun", outcome: "ran" },
      { step: "one/00-more", outcome: "failed" },
    ],
    error: { code: "STEP_FAILED" },
  });
  const { stdout } = await rig.pibuild(["plan", "pi"]);
  expect(stdout).toMatch(/^one\/00-more +run +never built, failed in the last build$/m);

  await rig.write({ "stages/one/00-more/00-run.sh": "#!/bin/bash -e\n:\n" });
  const built = await rig.pibuild(["build", "pi"]);
  expect(built.exitCode, built.stderr).toBe(0);
  expect(built.stderr).not.toMatch(/run +one\/prerun/);
  expect(existsSync(join(rig.path, "dist/pi/pi.img.xz"))).toBe(true);
  expect(existsSync(join(rig.path, ".nx"))).toBe(false);
  expect((await rig.pibuild(["build", "pi"])).stderr).toContain("pi is up to date");

  // A target whose files are gone is made again, and those before it are left alone.
  const log = join(rig.path, ".pibuild/logs/pi/events.ndjson");
  await rm(join(rig.path, "dist/pi/pi.img.xz"));
  expect((await rig.pibuild(["build", "pi"])).exitCode).toBe(0);
  expect(await readFile(log, "utf8")).not.toContain("step-started");
}, 300_000);
