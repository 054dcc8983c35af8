import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRig, makesBootFiles, needs } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const builds = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "xz");
const fault =
  "E: Failed to fetch http://m.example.org/debian/pool/h/hello_1_arm64.deb  503  Unavailable [IP: 192.0.2.1 80]";

builds(
  "a build that fails for a mirror writes that down, and one that fails by itself does not",
  async () => {
    await using rig = await createRig();
    const step = "stages/one/00-only/00-run.sh";
    await rig.write({
      "apps/pi/image.yaml": "stages: [stages/one]\n",
      "stages/one/prerun.sh": `#!/bin/bash -e\n${makesBootFiles}`,
      [step]: "#!/bin/bash -e\nfalse\n",
      "stages/export/.keep": "",
      "stages/partitions/.keep": "",
    });
    expect((await rig.pibuild(["build", "pi"])).exitCode).toBe(6);
    expect(await readdir(rig.path)).not.toContain("outages");
    await rig.write({ [step]: `#!/bin/bash -e\necho "${fault}"\nexit 100\n` });
    const failed = await rig.pibuild(["build", "pi"]);
    expect(failed.exitCode, failed.stderr).toBe(5);
    const [name = "", ...others] = await readdir(join(rig.path, "outages"));
    expect(others).toEqual([]);
    expect(name).toMatch(/^\d{4}-\d\d-\d\d-mirror-did-not-deliver\.json$/);
    expect(failed.stderr).toContain(`outage written down: ${join(rig.path, "outages", name)}`);
    expect(JSON.parse(await readFile(join(rig.path, "outages", name), "utf8"))).toMatchObject({
      ...{ component: "mirror", image: "pi", resolution: "" },
      references: ["error MIRROR_UNREACHABLE"],
    });
  },
);

test("outages are listed, shown and resolved", async () => {
  await using rig = await createRig();
  const outage = {
    ...{ id: "2026-03-02-dns", date: "2026-03-02", component: "dns", rootCause: "no answer" },
    ...{ resolution: "", references: ["https://example.org/1"], tried: ["another resolver"] },
  };
  await rig.write({
    "apps/t/image.yaml": "stages: [stages/s]\n",
    "outages/2026-03-02-dns.json": JSON.stringify(outage),
  });
  expect((await rig.pibuild(["outages", "list"])).stdout).toBe(
    "2026-03-02-dns  dns  open  no answer",
  );
  const shown = await rig.pibuild(["outages", "show", "2026-03-02-dns"]);
  expect(shown.stdout).toContain("tried:\n  - another resolver");
  const resolve = ["outages", "resolve", "2026-03-02-dns"];
  expect(await rig.pibuild([...resolve, " "])).toMatchObject({ exitCode: 2 });
  expect(await rig.pibuild([...resolve, "the resolver came back"])).toMatchObject({ exitCode: 0 });
  expect((await rig.pibuild(["outages", "list"])).stdout).toBe("");
  const all = await rig.pibuild(["outages", "list", "--all", "--json"]);
  expect(JSON.parse(all.stdout).outages).toEqual([
    { ...outage, resolution: "the resolver came back" },
  ]);
  expect(await rig.pibuild(["outages", "show", "2020-01-01-x"])).toMatchObject({ exitCode: 3 });
});
