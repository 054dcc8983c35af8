import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { programsFor } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";

const onPiGen = needs("root", "unsquashfs", ...programsFor("steps"), ...programsFor("upstream"));

/** What works, a line each. Nothing is written to the machine, whoever lets it: files are only opened. */
const tries = `try() { local what="$1"; shift; if ("$@") >/dev/null 2>&1; then echo "\${what}"; fi; }
reads() { : <"$1"; }
writes() { : >>"$1"; }
for name in loop-control loop0 vda sda nvme0n1 mem kmsg kvm null zero full random urandom; do
	try "/dev/\${name}" reads "/dev/\${name}"
done
for name in sys/kernel/core_pattern sys/vm/drop_caches sysrq-trigger self/comm; do
	try "write /proc/\${name}" writes "/proc/\${name}"
done
try kcore test -s /proc/kcore
try "root of process 1" test -n "$(ls -A /proc/1/root)"
try "a changeable /sys" grep -q ' /sys rw' /proc/self/mountinfo
try chroot test ! /proc/1/root -ef /
try sysctl cat /proc/sys/kernel/core_pattern
try "a pseudo-terminal" reads /dev/ptmx
try shm writes /dev/shm/x
try "its own input" reads /dev/fd/0
try stdout writes /dev/stdout
`;
const works = [
  ...["null", "zero", "full", "random", "urandom"].map((name) => `/dev/${name}`),
  ...["write /proc/self/comm", "chroot", "sysctl"],
  ...["a pseudo-terminal", "shm", "its own input", "stdout"],
];
const devices = [
  ...["fd", "full", "null", "ptmx", "pts", "random", "shm"],
  ...["stderr", "stdin", "stdout", "tty", "tty1", "tty2", "tty3", "tty4", "tty5", "tty6"],
  ...["urandom", "zero"],
];

/** Where programs that look for consoles are to find some, and reach none. */
const consoles = "stat -c %t:%T /dev/tty[1-6] | sort -u";

const stage = {
  "00-outside/00-run.sh": `#!/bin/bash -e
{
${tries}} >"\${ROOTFS_DIR}/seen" </dev/null
ls /dev >"\${ROOTFS_DIR}/devices"
`,
  "01-inside/00-run-chroot.sh": `{\n${tries}} >/seen </dev/null\nls /dev >/devices\n${consoles} >/consoles\n`,
  // As scripts do that mount for themselves.
  "02-bound/00-run.sh": `#!/bin/bash -e
readlink /proc/self/ns/uts >"\${ROOTFS_DIR}/host-name"
mount --bind /dev "\${ROOTFS_DIR}/dev"
chroot "\${ROOTFS_DIR}" /bin/bash -ec ': </dev/urandom; ls /dev >/seen'
`,
};

async function check(contract: Contract): Promise<void> {
  expect(await contract.seen("reach/00-outside")).toEqual(works);
  expect(await contract.seen("reach/01-inside")).toEqual(works);
  expect(await contract.seen("reach/00-outside", "rootfs/devices")).toEqual(devices);
  expect(await contract.seen("reach/01-inside", "rootfs/devices")).toEqual(devices);
  expect(await contract.seen("reach/01-inside", "rootfs/consoles")).toEqual(["1:3"]);
  expect(await contract.seen("reach/02-bound")).toEqual(devices);
}

describe("a step reaches devices of no hardware, and a kernel that it cannot change", () => {
  onSteps("on the builder, in the chroot, and where it binds /dev itself", async () => {
    await using contract = await createContract({ reach: stage });
    expect((await contract.build()).stderr).toBe("");
    await check(contract);
    const machine = await readlink("/proc/self/ns/uts");
    expect(await contract.seen("reach/02-bound", "rootfs/host-name")).not.toEqual([machine]);
  });

  onSteps("but for the machine's devices, where image.yaml asks for them", async () => {
    const look = { "00-look/00-run-chroot.sh": "ls /dev >/seen; export -p >>/seen\n" };
    await using contract = await createContract({ look }, "host_devices: true");
    expect((await contract.build()).stderr).toBe("");
    const seen = await contract.seen("look/00-look");
    // Others make and remove loop devices meanwhile.
    const lasting = (await readdir("/dev")).filter((name) => /^[a-z-]+$/.test(name));
    expect(seen).toEqual(expect.arrayContaining(lasting));
    expect(seen.join("\n")).not.toContain("HOST_DEVICES");
    await contract.rig.write({
      "apps/t/image.yaml": "stages: [stages/base, stages/look]\nexport: stages/export\n",
    });
    const run = await contract.build();
    expect(run.executed).toEqual(["base/prerun", "look/00-look"]);
    expect((await contract.seen("look/00-look")).slice(0, devices.length)).toEqual(devices);
  });

  onPiGen("also with pi-gen's functions, which mount for themselves", async () => {
    await using contract = await createContract({ reach: stage });
    const directory = join(contract.rig.path, "../pi-gen");
    const list = "stages: [stages/base, pi-gen/stage1, stages/reach]\nexport: stages/export\n";
    await contract.rig.write({
      "apps/t/image.yaml": list,
      "../pi-gen/build.sh": "#!/bin/bash -e\nexport ARCH=arm64\n",
      "../pi-gen/scripts/common": ownFunctions,
      "../pi-gen/stage0/prerun.sh": "#!/bin/bash -e\n",
      "../pi-gen/stage1/prerun.sh": "#!/bin/bash -e\n",
    });
    const run = await contract.build("reach", { PIGEN_DIR: directory });
    expect(run.stderr).toBe("");
    await check(contract);
    expect(await contract.seen("reach/01-inside", "rootfs/by-pi-gen")).toEqual(["01-inside"]);
  });
});

/** Mounts what is not there yet, as pi-gen's do. */
const ownFunctions = `log() { echo "$*"; }
export -f log
on_chroot() {
	mountpoint -q "\${ROOTFS_DIR}/proc" || mount -t proc proc "\${ROOTFS_DIR}/proc"
	mountpoint -q "\${ROOTFS_DIR}/dev" || mount --bind /dev "\${ROOTFS_DIR}/dev"
	mountpoint -q "\${ROOTFS_DIR}/dev/pts" || mount --bind /dev/pts "\${ROOTFS_DIR}/dev/pts"
	mountpoint -q "\${ROOTFS_DIR}/sys" || mount --bind /sys "\${ROOTFS_DIR}/sys"
	basename "\${PWD}" >"\${ROOTFS_DIR}/by-pi-gen"
	capsh \${CAPSH_ARG} "--chroot=\${ROOTFS_DIR}/" -- -e "$@"
}
export -f on_chroot
`;
