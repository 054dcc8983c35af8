import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";

/** Whether capsh can drop cap_setfcap shows in the bounding set, bit 31. */
const setfcap = `read -r _ bounding < <(grep CapBnd /proc/self/status)
echo "setfcap $(( (16#\${bounding} >> 31) & 1 ))" >>/seen
`;

describe("a chroot script", () => {
  let contract: Contract;
  let run: TaskRun;

  beforeAll(async () => {
    contract = await createContract({
      inside: {
        "00-stdin/00-run-chroot.sh": `echo "$# $0 $-" >/seen
cat >>/seen
echo "this line is taken by cat"
`,
        "01-mounts/00-run-chroot.sh": `while read -r _ _ _ _ target _; do
	case "\${target}" in /proc | /dev | /dev/pts | /sys | /run | /tmp) ;; *) continue ;; esac
	echo "\${target} $(stat --file-system --format %T "\${target}")"
done </proc/self/mountinfo | sort >/seen
[ -c /dev/null ] && [ -e /proc/1 ] && touch /run/gone /tmp/gone
`,
        "02-again/00-run-chroot.sh": "ls -A /run /tmp >/seen\n",
        "03-caps/00-run-chroot.sh": setfcap,
        "04-arguments/00-run.sh": `#!/bin/bash -e
on_chroot -c 'echo "$0 $1"' zero one >>"\${ROOTFS_DIR}/seen"
on_chroot <<EOF
echo "from \${STAGE}" >>/seen
EOF
log "a message" >>"\${ROOTFS_DIR}/seen"
`,
        "05-issue/00-run.sh": `#!/bin/bash -e\nupdate_issue lite\ncat "\${ROOTFS_DIR}/etc/rpi-issue"\n`,
        "06-loop/00-run.sh": `#!/bin/bash -e
on_chroot <<<true
before="$(grep -c "^" /proc/self/mountinfo)"
on_chroot <<<true
[ "$(grep -c "^" /proc/self/mountinfo)" -eq "\${before}" ]
unmount "\${ROOTFS_DIR}/proc"
mountpoint -q "\${ROOTFS_DIR}/proc" && exit 1
mountpoint -q "\${ROOTFS_DIR}"
`,
      },
    });
    run = await contract.build();
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("comes on standard input of `bash -e`, without arguments", async () => {
    expect(run.stderr).toBe("");
    const [first = "", ...rest] = await contract.seen("inside/00-stdin");
    expect(first).toMatch(/^0 \S*bash \S*e\S*s\S*$/);
    expect(rest).toEqual(['echo "this line is taken by cat"']);
  });

  onSteps("has proc, dev, dev/pts, sys, and a run and tmp of its own", async () => {
    const types = (await contract.seen("inside/01-mounts")).map((line) => line.split(" "));
    expect(types.map(([target]) => target)).toEqual([
      ...["/dev", "/dev/pts", "/proc", "/run", "/sys", "/tmp"],
    ]);
    expect(Object.fromEntries(types)).toMatchObject({ "/run": "tmpfs", "/tmp": "tmpfs" });
  });

  onSteps("leaves nothing in run and tmp", async () => {
    expect(await contract.seen("inside/02-again")).toEqual(["/run:", "", "/tmp:"]);
  });

  onSteps("cannot set file capabilities", async () => {
    expect((await contract.seen("inside/03-caps")).at(-1)).toBe("setfcap 0");
  });

  onSteps("on_chroot takes a script from a heredoc or arguments; log prints the time", async () => {
    const lines = (await contract.seen("inside/04-arguments")).slice(-3);
    expect(lines.slice(0, 2)).toEqual(["zero one", "from inside"]);
    expect(lines[2]).toMatch(/^\[\d\d:\d\d:\d\d\] a message$/);
  });

  onSteps("finds in tmp what a later sub-stage's script puts there, as in pi-gen", async () => {
    const puts = `#!/bin/bash -e
echo "from the host" >"\${ROOTFS_DIR}/tmp/file"
`;
    const looks = `#!/bin/bash -e
on_chroot <<<'{ cat /tmp/file || echo hidden; } >/seen 2>/dev/null'
umount "\${ROOTFS_DIR}/tmp"
ls -A "\${ROOTFS_DIR}/tmp" >>"\${ROOTFS_DIR}/seen"
`;
    const both = { "00-run.sh": puts, "01-run.sh": looks };
    const step = (name: string) =>
      Object.fromEntries(Object.entries(both).map(([file, text]) => [`${name}/${file}`, text]));
    await using later = await createContract({
      s: { ...step("00-first"), "01-list/00-packages": "# none\n", ...step("02-later") },
      t: { "00-list/00-run-chroot.sh": "true\n", ...step("01-later") },
    });
    const built = await later.build();
    expect(built, built.stderr).toMatchObject({ exitCode: 0 });
    // What lay in the tree before the first mount is hidden, and stays.
    expect(await later.seen("s/00-first")).toEqual(["hidden", "file"]);
    expect(await later.seen("s/02-later")).toEqual(["from the host", "file"]);
    expect(await later.seen("t/01-later")).toEqual(["from the host", "file"]);
    await later.rig.write({ "stages/t/00-list/00-run-chroot.sh": "", "stages/t/00-list/SKIP": "" });
    const again = await later.build();
    expect(again.executed).toContain("t/01-later");
    expect(await later.seen("t/01-later")).toEqual(["hidden", "file"]);
  });

  onSteps("update_issue writes pi-gen's two lines", async () => {
    const [first, second] = await contract.seen("inside/05-issue", "rootfs/etc/rpi-issue");
    expect(first).toBe("Raspberry Pi reference 2026-01-01");
    expect(second).toBe("Generated using pi-gen, https://github.com/RPi-Distro/pi-gen, , lite");
  });

  onSteps("SETFCAP=1 keeps the capability", async () => {
    const yaml = "settings: { SETFCAP: 1 }";
    await using able = await createContract({ caps: { "00-x/00-run-chroot.sh": setfcap } }, yaml);
    expect(await able.build()).toMatchObject({ stderr: "", exitCode: 0 });
    expect(await able.seen("caps/00-x")).toEqual(["setfcap 1"]);
  });
});
