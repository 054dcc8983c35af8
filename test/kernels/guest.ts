import { chmod, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { debianMirrors, hostMirrors } from "@pibuild/mirrors";
import { guestPaths } from "./guest-paths.ts";

/** What pibuild's builds call, what the tests ask, and a system around it. */
const packages = [
  ...["systemd-sysv", "udev", "sudo", "ca-certificates", "initramfs-tools", "linux-base"],
  ...["mmdebstrap", "qemu-user-static", "squashfs-tools", "mtools", "dosfstools", "fdisk"],
  ...[
    "xz-utils",
    "zstd",
    "git",
    "attr",
    "libcap2-bin",
    "device-tree-compiler",
    "quilt",
    "arch-test",
    "rsync",
  ],
];

/** An x86-64 machine with this host's release of Debian, and so its tools, and the kernel of a suite. */
export interface Guest {
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
}

/** What a guest gets besides Debian: directories, by their paths there. */
export type GuestFiles = Readonly<Record<string, string>>;

/** QEMU's user network, as qemu-system(1) numbers it: no program of a guest asks for an address. */
const network = `[Match]
Type=ether
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
`;
const resolver = "nameserver 10.0.2.3\n";

const unit = `[Unit]
Description=the proof
Wants=systemd-networkd-wait-online.service
After=multi-user.target systemd-networkd-wait-online.service
[Service]
Type=oneshot
ExecStart=/usr/local/bin/node --disable-warning=ExperimentalWarning ${guestPaths.repository}/test/kernels/in-guest.ts
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
ExecStopPost=systemctl poweroff --force
[Install]
WantedBy=multi-user.target
`;

/**
 * Makes a guest in a directory: Debian's bookworm and a suite's kernel from the host's own mirrors, and
 * the files.
 */
export async function makeGuest(
  suite: string,
  directory: string,
  files: GuestFiles,
): Promise<Guest> {
  const exec = createExec({ signal: AbortSignal.timeout(30 * 60_000) });
  const tree = join(directory, "tree");
  const { main = "", security } = await debianMirrors(
    { release: "bookworm", arch: "amd64" },
    await hostMirrors(),
  );
  const source = (mirror: string, name: string) =>
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} ${name} main`;
  const hook = join(directory, "kernel.sh");
  await writeFile(hook, kernelHook(suite, source(main, suite)), { mode: 0o755 });
  await exec.run({
    program: "mmdebstrap",
    args: [
      ...["--mode=root", "--variant=minbase", "--architectures=amd64", "--format=directory"],
      ...['--aptopt=Acquire::Languages "none"', '--aptopt=Acquire::Check-Valid-Until "false"'],
      ...[`--include=${packages.join(",")}`, `--customize-hook=${hook}`],
      ...["bookworm", tree, source(main, "bookworm"), source(main, "bookworm-updates")],
      ...(security === undefined ? [] : [source(security, "bookworm-security")]),
    ],
  });
  await exec.run({
    program: "chroot",
    args: [tree, "useradd", "--create-home", "--shell", "/bin/bash", "pi"],
  });
  await writeFile(join(tree, "etc/sudoers.d/pi"), "pi ALL=(ALL) NOPASSWD: ALL\n", { mode: 0o440 });
  await writeFile(join(tree, "etc/systemd/system/proof.service"), unit);
  await writeFile(join(tree, "etc/systemd/network/10-qemu.network"), network);
  await writeFile(join(tree, "etc/resolv.conf"), resolver);
  const units = ["proof.service", "systemd-networkd.service"];
  await exec.run({ program: "chroot", args: [tree, "systemctl", "enable", ...units] });
  for (const [path, source] of Object.entries(files)) {
    await mkdir(join(tree, path, ".."), { recursive: true });
    await exec.run({ program: "cp", args: ["-a", source, join(tree, path)] });
  }
  await exec.run({ program: "chroot", args: [tree, "chown", "-R", "pi:", guestPaths.workspace] });
  await cp(process.execPath, join(tree, "usr/local/bin/node"));
  await chmod(join(tree, "usr/local/bin/node"), 0o755);

  const boot = join(tree, "boot");
  const [kernel, initrd] = await Promise.all(
    [/^vmlinuz-/, /^initrd\.img-/].map(async (pattern) => {
      const name = (await readdir(boot)).find((each) => pattern.test(each));
      if (name === undefined) throw new Error(`${suite} has no ${pattern} in /boot`);
      await cp(join(boot, name), join(directory, name));
      return join(directory, name);
    }),
  );
  const disk = join(directory, "disk");
  await exec.run({ program: "mke2fs", args: ["-q", "-t", "ext4", "-d", tree, disk, "12G"] });
  await rm(tree, { recursive: true });
  return { kernel: kernel as string, initrd: initrd as string, disk };
}

/**
 * What mmdebstrap runs at its end: of the kernel's suite nothing but the kernel, whose packages may want
 * newer versions of the tools around it than they need to boot.
 */
function kernelHook(suite: string, source: string): string {
  return `#!/bin/sh -eu
echo '${source}' >"$1/etc/apt/sources.list.d/kernel.list"
chroot "$1" /bin/sh -euc '
	apt-get update
	mkdir /tmp/kernel && cd /tmp/kernel
	of="-o APT::Default-Release=${suite}"
	apt-cache $of depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
		--no-replaces --no-enhances linux-image-amd64 | grep -E "^linux-(image|binary|modules|base)-" >names
	# apt-get reads as _apt, which may not write here.
	apt-get $of -o APT::Sandbox::User=root download $(sort -u names)
	dpkg --unpack --force-depends ./*.deb
	# Where bookworm looks for it; newer kernels have it elsewhere.
	for config in /lib/modules/*/config; do
		[ ! -e "$config" ] || cp "$config" "/boot/config-$(basename "$(dirname "$config")")"
	done
	for kernel in /lib/modules/*/vmlinuz; do
		[ ! -e "$kernel" ] || cp "$kernel" "/boot/vmlinuz-$(basename "$(dirname "$kernel")")"
	done
	dpkg --configure --pending --force-depends
	cd / && rm -r /tmp/kernel
'
rm "$1/etc/apt/sources.list.d/kernel.list"
`;
}

/** Runs a guest until it switches itself off, and gives its console's lines. */
export async function runGuest({ kernel, initrd, disk }: Guest, words: string): Promise<string[]> {
  const lines: string[] = [];
  const log = process.env.PIBUILD_TEST_VERBOSE;
  const onLine = (line: string) => {
    lines.push(line);
    if (log) process.stdout.write(`${line}\n`);
  };
  await createExec({ signal: AbortSignal.timeout(90 * 60_000) })
    .run({
      program: "qemu-system-x86_64",
      args: [
        ...["-machine", "q35", "-cpu", "max", "-smp", "2", "-m", "4096"],
        ...["-nic", "user,model=virtio-net-pci", "-nographic", "-no-reboot"],
        ...["-kernel", kernel, "-initrd", initrd],
        ...["-append", `root=/dev/vda rw console=ttyS0 net.ifnames=0 panic=-1 ${words}`],
        ...["-drive", `if=virtio,format=raw,cache=unsafe,file=${disk.replaceAll(",", ",,")}`],
      ],
      onLine,
    })
    .catch((error: unknown) => {
      throw new Error(`the guest did not end:\n${lines.slice(-60).join("\n")}`, { cause: error });
    });
  return lines;
}
