import { chmod, mkdir, readdir, readFile, readlink, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createExec, ownMounts } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { nativePrograms, twinPath } from "../src/index.ts";
import { exitProgram, identityProgram } from "./elf-programs.ts";
import { createTwinRig, emulated, knownId, native, type TwinRig } from "./twin-rig.ts";

const onTwin = needs(
  "own mount namespace",
  "Linux 6.7",
  "musl-gcc",
  "qemu-aarch64-static",
  "mksquashfs",
);
const exec = createExec();
const enter = "mount -t proc proc proc\nchroot . ";

describe("an arm64 program", () => {
  let rig: TwinRig;
  beforeAll(async () => {
    if (nativePrograms() !== undefined && process.env.PIBUILD_TEST_NAMESPACE === "own")
      rig = await createTwinRig();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());
  const exitCode = async (...args: Parameters<TwinRig["run"]>) => (await rig.run(...args)).exitCode;

  onTwin("runs as its twin where the twin has the same build", async () => {
    expect(await exitCode(`${enter} /known`)).toBe(native);
    const guarded = "mount -t proc proc proc\nmount -o bind,ro proc/sys proc/sys\nchroot . ";
    expect(await exitCode(`${guarded} /known`)).toBe(native);
  });

  onTwin("is emulated where the twin has another build, or none", async () => {
    expect(await exitCode(`${enter} /unknown`)).toBe(emulated);
    await rig.write("plain", exitProgram("arm64", emulated));
    expect(await exitCode(`${enter} /plain`)).toBe(emulated);
  });

  onTwin("is emulated with variables that speak to the loader, libc or qemu", async () => {
    for (const name of ["LD_PRELOAD", "LD_LIBRARY_PATH", "GLIBC_TUNABLES", "QEMU_CPU"]) {
      const env = { [name]: name === "QEMU_CPU" ? "max" : "" };
      expect(await exitCode(`${enter} /known`, { env }), name).toBe(emulated);
    }
    expect(await exitCode(`${enter} /known`, { env: { PERL_DL_NONLAZY: "1" } })).toBe(native);
  });

  onTwin("is emulated in a chroot without /proc, where the twin cannot be seen", async () => {
    expect(await exitCode("chroot . /known")).toBe(emulated);
  });

  onTwin(
    "runs as its twin for capsh and for an apt-get that will start dpkg in a chroot",
    async () => {
      expect(await exitCode("mount -t proc proc proc\ncapsh --chroot=. -- -c true")).not.toBe(
        native,
      );
      const chrootOfApt = "-o DPkg::Chroot-Directory=$root";
      const { stdout } = await rig.run(
        `mount -t proc proc proc\napt-get ${chrootOfApt} --version | head -1`,
      );
      expect(stdout).toMatch(/^apt /);
    },
  );

  onTwin("of a tree that brings its own twin is emulated", async () => {
    const inside = join("proc", twinPath.slice("/proc/".length), "run/always", knownId);
    await rig.write(inside, exitProgram("amd64", 99));
    try {
      expect(await exitCode("chroot . /known")).toBe(emulated);
      expect(await exitCode(`${enter} /known`)).toBe(native);
    } finally {
      await rm(join(rig.root, "proc/sys"), { recursive: true });
    }
  });

  onTwin(
    "of a tree whose /proc leads elsewhere is emulated, and nothing is mounted there",
    async () => {
      await rm(join(rig.root, "proc"), { recursive: true });
      await symlink("/proc", join(rig.root, "proc"));
      try {
        expect(await exitCode("chroot . /known")).toBe(emulated);
      } finally {
        await rm(join(rig.root, "proc"));
        await mkdir(join(rig.root, "proc"));
      }
    },
  );

  onTwin("that may be run but not read runs all the same", async () => {
    const script = `chmod 0711 known unknown
mount -t proc proc proc
chroot --userspec=65534:65534 . /unknown`;
    expect(await exitCode(script)).toBe(emulated);
    expect(await exitCode(script.replace("/unknown", "/known"))).toBe(native);
  });

  onTwin(
    "meets nothing of it outside of the step: the machine's handlers are as before",
    async () => {
      // Mounted for the question: the machine need not have done that.
      const mounted = (path: string) => `mount -t binfmt_misc misc ${path} && cd ${path}`;
      const show = `${mounted("/mnt")} && grep -H "" $(ls --ignore=register)`;
      const handlers = () =>
        exec.run({ program: "unshare", args: [...ownMounts, "sh", "-c", show] });
      const before = await handlers();
      const { stdout } = await rig.run(`mkdir -p misc && ${mounted("misc")} && ls`);
      const names = new Set(before.stdout.split("\n").map((line) => line.split(":")[0]));
      expect(stdout.split("\n")).toEqual([...names, "register"].sort());
      expect((await handlers()).stdout).toBe(before.stdout);
    },
  );
});

describe("on a machine whose `/` is shared", () => {
  for (const way of ["private", "shared"] as const) {
    onTwin(`nothing that is mounted for a step is seen outside: ${way}`, async () => {
      await using rig = await createTwinRig();
      const mounts = () => readFile("/proc/self/mountinfo", "utf8");
      const before = await mounts();
      expect(before).toMatch(/ \/ \/ [^-]*shared:/);
      await rig.run(`${enter} /known`, { way });
      expect(await mounts()).toBe(before);
      expect(await readdir("/proc/self")).toContain("mounts");
    });
  }
});

describe("with a handler for the whole machine", () => {
  onTwin(
    "a program is redirected in the step, emulated elsewhere, and the handler goes",
    async () => {
      await using rig = await createTwinRig();
      // Another build on this machine has an entry of its own.
      const entry = `pibuild-twin-${process.pid}`;
      const script = `mount -t proc proc proc
mkdir misc && mount -t binfmt_misc misc misc && ls misc | grep -cx ${entry}
${rig.root}/known || echo "outside $?"
chroot . /known`;
      const { stdout, exitCode } = await rig.run(script, { way: "shared" });
      expect(stdout).toBe(`1\noutside ${emulated}`);
      expect(exitCode).toBe(native);
      expect(await readdir(twinPath)).not.toContain(entry);
    },
  );
});

describe("a step's chroot", () => {
  onTwin("that mounts leaves what it mounted, as debootstrap expects of its /proc", async () => {
    await using rig = await createTwinRig();
    // The host's own root, because the tree has no programs.
    const directory = join(rig.root, "mounted");
    const { stdout } = await rig.run(`mkdir ${directory}
chroot / mount -t tmpfs tmpfs ${directory}
mountpoint ${directory}
chroot / /bin/umount ${directory}
mountpoint ${directory} || true`);
    expect(stdout).toBe(`${directory} is a mountpoint\n${directory} is not a mountpoint`);
  });

  onTwin("has none of the capabilities that its caller dropped", async () => {
    await using rig = await createTwinRig();
    const bounding = "chroot / grep CapBnd /proc/self/status";
    const { stdout } = await rig.run(`${bounding}
capsh --drop=cap_setfcap,cap_net_raw -- -c "${bounding}"`);
    const [all = "", less = ""] = stdout.split("\n").map((line) => line.replace("CapBnd:\t", ""));
    // cap_setfcap is 31, cap_net_raw 13, in linux/capability.h.
    expect(BigInt(`0x${less}`)).toBe(BigInt(`0x${all}`) & ~((1n << 31n) | (1n << 13n)));
    expect(less).not.toBe(all);
  });

  onTwin("leaves no process behind, however quickly it ends", async () => {
    await using rig = await createTwinRig();
    // What has ended may be there for a moment, until the kernel has taken it away.
    const { stdout } = await rig.run(`for i in {1..100}; do chroot / true; done
left() {
	for process in /proc/[0-9]*; do
		tr "\\0" " " <$process/cmdline 2>/dev/null || true
		echo
	done | grep "^chroot / true"
}
for try in {1..200}; do
	left >/dev/null || exit 0
	sleep 0.1
done
left`);
    expect(stdout).toBe("");
  });

  onTwin("may make devices, with the umask and the place of whoever asks", async () => {
    await using rig = await createTwinRig();
    // The host's own root, because the tree has no programs.
    const directory = join(rig.root, "devices");
    const { stdout } = await rig.run(`mkdir ${directory}
chroot / bash -ec '
cd ${directory}
umask 027
mknod null c 1 3
mknod -m 600 block b 7 9
mkfifo fifo
stat -c "%n %F %a %t %T" *
! mknod null c 1 3
! setpriv --reuid 65534 --clear-groups mknod no c 1 3
'`);
    expect(stdout.split("\n")).toEqual([
      "block block special file 600 7 9",
      "fifo fifo 640 0 0",
      "null character special file 640 1 3",
    ]);
  });

  onTwin("writes file capabilities that are valid outside", async () => {
    await using rig = await createTwinRig();
    const { stdout } = await rig.run(`cp /bin/true program
chroot / setcap cap_net_raw+ep ${rig.root}/program
getcap program; getfattr --only-values -n security.capability program | od -An -tx1 | tr -d ' \\n'`);
    expect(stdout).toMatch(/^program cap_net_raw=ep\n01000002/);
  });

  onTwin("finds no other tree by way of the processes that it sees", async () => {
    await using rig = await createTwinRig();
    const { stdout } = await rig.run(`chroot / bash -c '
ls -A /proc/1/root/; for open in /proc/1/fd/*; do [ ! -d "$open/usr" ] && [ ! -d "$open/../usr" ] || echo "$open"; done
nsenter --target 1 --mount -- /bin/true 2>/dev/null || echo "no programs"
# This is how systemctl knows that it is in a chroot, and keeps quiet.
[ /proc/1/root -ef / ] || echo "a chroot"
ls "/proc/$0/root/" 2>&1 | grep -o "Permission denied"' $$
bash -c 'ls "/proc/$0/root/"' $$ | grep -x proc
readlink /proc/self/ns/uts`);
    const lines = stdout.split("\n");
    const machine = await readlink("/proc/self/ns/uts");
    expect(lines.pop()).not.toBe(machine);
    expect(lines).toEqual(["no programs", "a chroot", "Permission denied", "proc"]);
  });

  onTwin("sees its own processes and no others, and ends with them", async () => {
    await using rig = await createTwinRig();
    const { stdout } = await rig.run("chroot / bash -c 'echo /proc/[0-9]* | wc -w'");
    expect(Number(stdout)).toBeLessThan(10);
  });
});

describe("a program with rights of its own", () => {
  onTwin("has them where the machine's handler gives them, twin or not", async () => {
    await using rig = await createTwinRig();
    await rig.write("plain", identityProgram());
    await rig.write("setuid", identityProgram());
    await chmod(join(rig.root, "setuid"), 0o4755);
    await chmod(dirname(rig.root), 0o755);
    const run = (name: string) =>
      rig.run(`setpriv --reuid=65534 --clear-groups "$root/${name}"`, {
        way: "shared",
        credentials: true,
      });
    expect((await run("plain")).exitCode).toBe(65534 & 255);
    expect((await run("setuid")).exitCode).toBe(0);
  });
});

onTwin("ends, with all that it started, where a namespace may not map every id", async () => {
  const { twin = "" } = nativePrograms() ?? {};
  const command = [twin, "private", "/dev/null", "--", "true"];
  const { exitCode, stderr } = await exec.run({
    program: "unshare",
    args: ["--user", "--map-root-user", "--", ...command],
    allowExit: [125],
  });
  expect(exitCode).toBe(125);
  expect(stderr).toMatch(/uid_map: Operation not permitted/);
});

describe("a program in a chroot", () => {
  onTwin("gets the signals that its chroot gets, and may answer them", async () => {
    await using rig = await createTwinRig();
    const program = `trap "echo cleaned; exit 3" TERM; echo $PPID; while :; do sleep 0.05; done`;
    const { stdout } = await rig.run(`exec {output}< <(chroot / bash -c '${program}')
read -r -u "$output" chroot && kill -TERM "$chroot" && read -r -u "$output" answer
echo "$answer"`);
    expect(stdout).toBe("cleaned");
  });
});

describe("a step that is ended from outside", () => {
  for (const way of ["private", "shared"] as const) {
    onTwin(`leaves no process and no handler: ${way}`, async () => {
      await using rig = await createTwinRig();
      const abort = new AbortController();
      const mark = `${way === "private" ? 1 : 2}0000.25`;
      const running = rig.run(`echo started; sleep ${mark} & sleep ${mark}`, {
        way,
        signal: abort.signal,
        onLine: () => abort.abort("SIGTERM"),
      });
      await expect(running).rejects.toMatchObject({ code: "INTERRUPTED" });
      await expect.poll(() => processesWith(mark)).toEqual([]);
      expect((await readdir(twinPath)).filter((name) => name.startsWith("pibuild-twin"))).toEqual(
        [],
      );
    });
  }
});

onTwin(
  "a caller that is killed leaves no handler for the whole machine, and no process",
  async () => {
    await using rig = await createTwinRig();
    const mark = "30000.25";
    let killed = 0;
    const running = rig.run(`echo started $PPID; sleep ${mark} & sleep ${mark}`, {
      way: "shared",
      // In a shell between it and this process, which is what is killed.
      caller: true,
      onLine: (line) => {
        const caller = /^caller (\d+)$/.exec(line)?.[1];
        if (caller !== undefined) killed = Number(caller);
        if (line.startsWith("started") && killed > 0) process.kill(killed, "SIGKILL");
      },
    });
    await running.catch(() => undefined);
    await expect.poll(() => processesWith(mark), { timeout: 60_000 }).toEqual([]);
    const left = async () =>
      (await readdir(twinPath)).filter((name) => name.startsWith("pibuild-twin"));
    await expect.poll(left, { timeout: 60_000 }).toEqual([]);
  },
);

/** Numbers of the processes that were started with an argument. */
async function processesWith(argument: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.split("\0").includes(argument)) found.push(pid);
  }
  return found;
}
