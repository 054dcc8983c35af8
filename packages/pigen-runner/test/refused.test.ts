import { describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

const boot = '"${ROOTFS_DIR}/boot/firmware"';

describe("what a disk cannot hold is refused by the step that made it", () => {
  const cases: [what: string, script: string, problem: string][] = [
    ["a symlink", `ln -s x ${boot}/link`, "`link`: it is a symlink"],
    ["a device node", `mknod ${boot}/null c 1 3`, "`null`: it is a device"],
    ["a name", `touch ${boot}/a:b`, "`a:b`: its name has a character"],
    ["bytes that are no text", `touch ${boot}/$'caf\\351'`, "`caf\\xe9`: its name is not UTF-8"],
    [
      "attributes",
      `: >\${ROOTFS_DIR}/f; setfattr -n user.x -v "$(printf 'x%.0s' {1..5000})" \${ROOTFS_DIR}/f`,
      "no room for the extended attributes of `/f`",
    ],
    // The other name is of the layer below.
    ["a second name", `touch ${boot}/CONFIG.TXT`, "same name as"],
  ];
  onSteps("each of them, with the step's name and a way in", async () => {
    const stages = Object.fromEntries(
      cases.map(([, script], index) => [
        `s${index}`,
        { "00-x/00-run.sh": `#!/bin/bash -e\n${script}\n`, "01-y/00-run.sh": "#!/bin/bash\n" },
      ]),
    );
    const first = `#!/bin/bash -e\nmkdir -p ${boot}\ntouch ${boot}/config.txt\n`;
    await using contract = await createContract({ make: { "00-x/00-run.sh": first }, ...stages });
    for (const [index, [what, , problem]] of cases.entries()) {
      const name = `i${index}`;
      await contract.rig.write({
        [`apps/${name}/image.yaml`]: `stages: [stages/base, stages/make, stages/s${index}]\nexport: stages/export\n`,
      });
      const run = await contract.build(`s${index}`, {}, name);
      expect(run, what).toMatchObject({ exitCode: 6 });
      expect(run.executed.at(-1), what).toBe(`s${index}/00-x`);
      expect(run.stderr, what).toContain(`error: step \`s${index}/00-x\` made what`);
      expect(run.stderr, what).toContain(problem);
      expect(run.stderr, what).not.toContain("image.yaml");
    }
  });
});

onSteps("what a layer cannot keep is refused by the step that made it", async () => {
  // user::rw- user:5:r-- group::r-- mask::r-- other::r--, as setfacl writes it.
  const list =
    "0x0200000001000600ffffffff020004000500000004000400ffffffff10000400ffffffff20000400ffffffff";
  const set = `setfattr -n system.posix_acl_access -v ${list}`;
  const run = (script: string) => ({
    "00-x/00-run.sh": `#!/bin/bash -e\ncd "\${ROOTFS_DIR}"\n${script}\n`,
  });
  await using contract = await createContract({
    fine: run(`mkdir -p var/log/journal/x; ${set} var/log/journal/x`),
    list: run(`touch opt-list; ${set} opt-list`),
    flag: run("touch fixed; chattr +i fixed"),
  });
  expect(await contract.build("fine")).toMatchObject({ exitCode: 0 });
  const listed = await contract.build("list");
  expect(listed).toMatchObject({ exitCode: 6 });
  expect(listed.stderr).toContain(
    "step `list/00-x` made what cannot be kept: `/opt-list` has an access control list",
  );
  await contract.rig.write({
    "apps/u/image.yaml": "stages: [stages/base, stages/flag]\nexport: stages/export\n",
  });
  const flagged = await contract.build("flag", {}, "u");
  expect(flagged).toMatchObject({ exitCode: 6 });
  expect(flagged.stderr).toContain("`/fixed` has the flag `i` or `a` of chattr");
});
