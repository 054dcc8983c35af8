/** What a program is needed for; doctor, setup, skips and docs select by it. */
export type Purpose = "steps" | "upstream" | "disk" | "emulation" | "native" | "test" | "bench";

export interface ProgramInfo {
  /** The Debian package that brings it. */
  readonly debianPackage: string;
  readonly purpose: readonly Purpose[];
  /** Arguments that make it print its version, where that shapes bytes. */
  readonly versionArgs?: readonly string[];
  readonly why: string;
  /** Where it is no program but a file that programs read: its path. */
  readonly file?: string;
}

const table = {
  "aarch64-linux-gnu-gcc": {
    debianPackage: "gcc-aarch64-linux-gnu",
    purpose: ["test"],
    why: "a test makes a stand-in program for arm64 anew",
  },
  "arch-test": {
    debianPackage: "arch-test",
    purpose: ["emulation"],
    why: "mmdebstrap asks it whether the image's programs run here",
  },
  as: {
    debianPackage: "binutils",
    purpose: ["native"],
    why: "what musl-gcc assembles and links with, and does not bring",
  },
  awk: { debianPackage: "mawk", purpose: ["steps"], why: "stage scripts" },
  bash: { debianPackage: "bash", purpose: ["steps"], why: "pi-gen stages are bash" },
  bmaptool: {
    debianPackage: "bmap-tools",
    purpose: ["test"],
    why: "tests write images by their block map with it",
  },
  capsh: { debianPackage: "libcap2-bin", purpose: ["steps"], why: "on_chroot drops cap_setfcap" },
  cat: { debianPackage: "coreutils", purpose: ["steps"], why: "holds a lock with flock" },
  chroot: { debianPackage: "coreutils", purpose: ["steps"], why: "probes the chroot" },
  cpio: { debianPackage: "cpio", purpose: ["steps"], why: "stages read the initramfs" },
  debootstrap: {
    debianPackage: "debootstrap",
    purpose: ["upstream", "bench"],
    why: "pi-gen's stage0 bootstraps with it",
  },
  "debian-archive-keyring": {
    debianPackage: "debian-archive-keyring",
    purpose: ["steps"],
    why: "Debian's signatures are checked against it",
    file: "/usr/share/keyrings/debian-archive-keyring.gpg",
  },
  debugfs: {
    debianPackage: "e2fsprogs",
    purpose: ["disk"],
    why: "gives files of an ext4 the blocks that hold only zeros",
  },
  docker: {
    debianPackage: "docker.io",
    purpose: ["test"],
    why: "runs steps in a container, and doctor asks it; see `--venue`",
  },
  dockerd: {
    debianPackage: "docker.io",
    purpose: ["test"],
    why: "tests of containers start an engine of their own",
  },
  dtc: {
    debianPackage: "device-tree-compiler",
    purpose: ["steps"],
    versionArgs: ["--version"],
    why: "stages compile device-tree overlays",
  },
  dumpe2fs: { debianPackage: "e2fsprogs", purpose: ["test"], why: "tests read the superblock" },
  fallocate: {
    debianPackage: "util-linux",
    purpose: ["steps"],
    why: "gives files of a copied tree the blocks that they have in the image",
  },
  fdtget: {
    debianPackage: "device-tree-compiler",
    purpose: ["test"],
    why: "tests read device trees",
  },
  fdtput: {
    debianPackage: "device-tree-compiler",
    purpose: ["test"],
    why: "the stand-in for Raspberry Pi's archive changes device trees",
  },
  fdtoverlay: {
    debianPackage: "device-tree-compiler",
    purpose: ["test"],
    why: "tests apply overlays to the kernel's device tree",
  },
  flock: {
    debianPackage: "util-linux",
    purpose: ["steps"],
    why: "locks that die with their owner",
  },
  "fsck.ext4": {
    debianPackage: "e2fsprogs",
    purpose: ["disk"],
    why: "checks the image before it gets its name",
  },
  "fsck.vfat": {
    debianPackage: "dosfstools",
    purpose: ["disk"],
    why: "checks the image before it gets its name",
  },
  getcap: { debianPackage: "libcap2-bin", purpose: ["test"], why: "tests read capabilities" },
  getconf: { debianPackage: "libc-bin", purpose: [], why: "doctor asks it for the page size" },
  getfattr: {
    debianPackage: "attr",
    purpose: ["steps"],
    why: "finds what overlayfs noted on changed files",
  },
  git: {
    debianPackage: "git",
    purpose: ["steps"],
    why: "brings the pinned pi-gen; GIT_HASH names the workspace's commit",
  },
  mcopy: {
    debianPackage: "mtools",
    purpose: ["disk"],
    versionArgs: ["--version"],
    why: "writes into FAT without mounting it",
  },
  mdir: { debianPackage: "mtools", purpose: ["test"], why: "tests list the boot partition" },
  mke2fs: {
    debianPackage: "e2fsprogs",
    purpose: ["disk"],
    versionArgs: ["-V"],
    why: "makes ext4 from a directory",
  },
  "mkfs.vfat": {
    debianPackage: "dosfstools",
    purpose: ["disk"],
    versionArgs: ["--help"],
    why: "makes the FAT32 boot partition",
  },
  mksquashfs: {
    debianPackage: "squashfs-tools",
    purpose: ["steps"],
    versionArgs: ["-version"],
    why: "packs a layer",
  },
  "musl-gcc": {
    debianPackage: "musl-tools",
    purpose: ["native"],
    why: "builds the programs that redirect arm64 programs to the twin's",
  },
  mmd: { debianPackage: "mtools", purpose: ["disk"], why: "makes directories in FAT" },
  mmdebstrap: {
    debianPackage: "mmdebstrap",
    purpose: ["steps"],
    versionArgs: ["--version"],
    why: "bootstraps Debian",
  },
  modprobe: { debianPackage: "kmod", purpose: [], why: "doctor loads what the kernel lacks" },
  mount: { debianPackage: "mount", purpose: ["steps"], why: "layers and chroots" },
  "qemu-aarch64-static": {
    debianPackage: "qemu-user-static",
    purpose: ["emulation"],
    why: "runs arm64 programs on other hosts",
  },
  "qemu-system-aarch64": {
    debianPackage: "qemu-system-arm",
    purpose: ["test"],
    why: "the boot test boots the image",
  },
  parted: {
    debianPackage: "parted",
    purpose: ["test"],
    why: "tests grow a partition with it, as Raspberry Pi OS does",
  },
  "qemu-system-x86_64": {
    debianPackage: "qemu-system-x86",
    purpose: ["test"],
    why: "the proof of kernels boots them",
  },
  mtype: { debianPackage: "mtools", purpose: ["test"], why: "tests read files out of FAT" },
  npm: {
    debianPackage: "npm",
    purpose: [],
    why: "brings Node.js into the containers that steps run in",
  },
  perl: {
    debianPackage: "perl-base",
    purpose: ["steps"],
    why: "starts a step, as process 1 of its pid namespace",
  },
  pnpm: {
    debianPackage: "npm",
    purpose: [],
    why: "a proof packs the packages as they are published",
  },
  podman: {
    debianPackage: "podman",
    purpose: ["test"],
    why: "runs steps in a container where there is no Docker",
  },
  "qemu-aarch64": {
    debianPackage: "qemu-user",
    purpose: [],
    why: "from Debian 13 on the same as qemu-aarch64-static",
  },
  "qemu-arm": {
    debianPackage: "qemu-user",
    purpose: [],
    why: "from Debian 13 on the same as qemu-arm-static",
  },
  "qemu-arm-static": {
    debianPackage: "qemu-user-static",
    purpose: ["test"],
    why: "runs 32-bit programs of older Pis on other hosts",
  },
  quilt: {
    debianPackage: "quilt",
    purpose: ["steps"],
    versionArgs: ["--version"],
    why: "NN-patches",
  },
  rsync: { debianPackage: "rsync", purpose: ["steps"], why: "copy_previous" },
  cp: {
    debianPackage: "coreutils",
    purpose: ["steps"],
    why: "keeps the half-done tree of a step that failed",
  },
  strace: {
    debianPackage: "strace",
    purpose: ["test"],
    why: "the power-cut proof records what the device's updater writes",
  },
  "original-awk": {
    debianPackage: "original-awk",
    purpose: ["test"],
    why: "the device's updater is tested with another awk than mawk",
  },
  setfattr: {
    debianPackage: "attr",
    purpose: ["steps"],
    why: "removes what overlayfs noted on changed files",
  },
  setpriv: { debianPackage: "util-linux", purpose: ["steps"], why: "children die with pibuild" },
  fdisk: { debianPackage: "fdisk", purpose: ["test"], why: "a test grows disks with it" },
  gdisk: { debianPackage: "gdisk", purpose: ["test"], why: "a test grows disks with it" },
  growpart: {
    debianPackage: "cloud-guest-utils",
    purpose: ["test"],
    why: "a test grows disks with it, as cloud-init does",
  },
  sgdisk: { debianPackage: "gdisk", purpose: ["test"], why: "tests check GPTs with it" },
  sfdisk: { debianPackage: "fdisk", purpose: ["test"], why: "tests read the partition table" },
  shellcheck: {
    debianPackage: "shellcheck",
    purpose: ["test"],
    why: "`pibuild lint` and `npm run check` read every script with it",
  },
  sudo: { debianPackage: "sudo", purpose: [], why: "steps need root" },
  openssl: {
    debianPackage: "openssl",
    purpose: ["test"],
    why: "tests open payloads without pibuild",
  },
  sha256sum: {
    debianPackage: "coreutils",
    purpose: ["test"],
    why: "tests open payloads without pibuild",
  },
  sync: {
    debianPackage: "coreutils",
    purpose: ["steps"],
    why: "what a build says is ready outlives a power cut",
  },
  tar: { debianPackage: "tar", purpose: ["steps", "test"], why: "stages unpack assets" },
  umount: { debianPackage: "mount", purpose: ["steps"], why: "layers and chroots" },
  unshare: {
    debianPackage: "util-linux",
    purpose: ["steps"],
    why: "a private mount namespace, so that no mount outlives a run",
  },
  unsquashfs: { debianPackage: "squashfs-tools", purpose: ["test"], why: "tests look into layers" },
  xargs: {
    debianPackage: "findutils",
    purpose: ["steps"],
    why: "gives programs names that are not UTF-8",
  },
  xz: {
    debianPackage: "xz-utils",
    purpose: ["disk"],
    versionArgs: ["--version"],
    why: "compresses the image",
  },
  zip: { debianPackage: "zip", purpose: ["test"], why: "a test packs an image as pi-gen does" },
  zstd: { debianPackage: "zstd", purpose: ["steps"], why: "stages read the initramfs" },
  "apt-get": {
    debianPackage: "apt",
    purpose: [],
    why: "installs what is missing; says what an update of a lock would bring",
  },
  ip: {
    debianPackage: "iproute2",
    purpose: ["test"],
    why: "a build in a network of its own has loopback alone",
  },
  dpkg: { debianPackage: "dpkg", purpose: [], why: "compares versions of packages" },
  dh: {
    debianPackage: "debhelper",
    purpose: ["test"],
    why: "packages of the stand-in for Raspberry Pi's archive are built with it",
  },
  "dpkg-buildpackage": {
    debianPackage: "dpkg-dev",
    purpose: ["test"],
    why: "the stand-in for Raspberry Pi's archive builds packages from their sources",
  },
  "dpkg-deb": {
    debianPackage: "dpkg",
    purpose: ["test"],
    why: "the conformance tool builds stand-in packages",
  },
  "apt-cache": {
    debianPackage: "apt",
    purpose: [],
    why: "the conformance tool asks what Debian has",
  },
  gpg: {
    debianPackage: "gpg",
    purpose: ["test"],
    why: "the conformance tool signs its stand-in archive",
  },
  gpgv: {
    debianPackage: "gpgv",
    purpose: ["test"],
    why: "looks whether a mirror of the host's is Debian's; without it, its name decides",
  },
  gpgconf: {
    debianPackage: "gpgconf",
    purpose: ["test"],
    why: "the conformance tool ends gpg's agent",
  },
  "update-binfmts": {
    debianPackage: "binfmt-support",
    purpose: [],
    why: "switches handlers on where it keeps the list of them",
  },
  "docker-registry": {
    debianPackage: "docker-registry",
    purpose: ["test"],
    why: "tests push layers to a real registry",
  },
  skopeo: {
    debianPackage: "skopeo",
    purpose: ["bench"],
    why: "the bench compares pushes and pulls with it",
  },
  nginx: {
    debianPackage: "nginx",
    purpose: ["bench"],
    why: "the bench compares the package proxy with it",
  },
  "apt-cacher-ng": {
    debianPackage: "apt-cacher-ng",
    purpose: ["bench"],
    why: "the bench compares kept packages with it",
  },
  curl: { debianPackage: "curl", purpose: ["bench"], why: "the bench fetches packages with it" },
  node: { debianPackage: "nodejs", purpose: [], why: "runs pibuild itself" },
  id: { debianPackage: "coreutils", purpose: [], why: "tests and checks" },
  wine: {
    debianPackage: "wine",
    purpose: [],
    why: "a test runs the command line as on Windows",
  },
  losetup: { debianPackage: "mount", purpose: ["test"], why: "tests look for leaked loop devices" },
  findmnt: { debianPackage: "mount", purpose: ["test"], why: "tests look for leaked mounts" },
} as const satisfies Record<string, ProgramInfo>;

/** Every program that pibuild may start. Doctor, the set-up, test skips and docs read this table. */
export type ProgramName = keyof typeof table;
export const programs: Record<ProgramName, ProgramInfo> = table;

/** Names of the programs that serve a purpose on a host of this architecture (Node's names). */
export function programsFor(purpose: Purpose, hostArch: string = process.arch): ProgramName[] {
  if (hostArch === "arm64" && (purpose === "emulation" || purpose === "native")) return [];
  return (Object.keys(programs) as ProgramName[]).filter((name) =>
    programs[name].purpose.includes(purpose),
  );
}
