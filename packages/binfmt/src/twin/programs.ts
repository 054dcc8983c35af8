/** When the redirect may run a program's twin. The C source has a rule of each name. */
export type Condition = "always" | "openssl" | "perl" | "python";

export interface TwinPackage {
  readonly package: string;
  /** Why its programs do the same on every machine, or why it pays. */
  readonly why: string;
  /** Names in bin or sbin, or paths below /usr. */
  readonly programs: readonly string[];
  readonly condition?: Condition;
}

/**
 * Programs whose twin may run instead: what they read and write does not depend on the machine
 * they run on. Everything else is emulated.
 */
export const redirected: readonly TwinPackage[] = [
  {
    package: "apt",
    why: "its architecture is patched to the target's; index files are text, its caches are dropped",
    programs: [
      ...words("apt apt-cache apt-cdrom apt-config apt-get apt-mark"),
      ...words("cdrom copy file gpgv http mirror rred rsh sqv store").map(
        (m) => `lib/apt/methods/${m}`,
      ),
      "lib/apt/apt-helper",
    ],
  },
  {
    package: "apt-utils",
    why: "as apt; debconf asks it for the questions of every package before it is unpacked",
    programs: words("apt-extracttemplates apt-sortpkgs"),
  },
  { package: "bzip2", why: "a format", programs: words("bzip2 bzip2recover") },
  {
    package: "coreutils",
    why: "files and text",
    programs: words(`[ b2sum base32 base64 basename basenc cat chcon chgrp chmod chown chroot cksum
      comm cp csplit cut date dd df dir dircolors dirname du echo env expand expr factor false fmt
      fold head id install join link ln ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc
      paste pathchk pr printenv ptx pwd readlink realpath rm rmdir sha1sum sha224sum sha256sum
      sha384sum sha512sum shred shuf sleep sort split stat sum sync tac tail tee test timeout touch tr true truncate tsort tty unexpand uniq unlink vdir wc whoami yes`),
  },
  { package: "cpio", why: "a format", programs: ["cpio"] },
  { package: "dash", why: "/bin/sh; tells a script nothing of the machine", programs: ["dash"] },
  { package: "debianutils", why: "files", programs: words("run-parts tempfile ischroot") },
  { package: "diffutils", why: "text", programs: words("cmp diff diff3 sdiff") },
  {
    package: "dpkg",
    why: "its architecture is patched to the target's; archives and its database are text",
    programs: words(`dpkg dpkg-deb dpkg-divert dpkg-query dpkg-realpath dpkg-split dpkg-statoverride
      dpkg-trigger update-alternatives`),
  },
  { package: "findutils", why: "files", programs: words("find xargs") },
  { package: "gpgv", why: "checks signatures", programs: ["gpgv"] },
  { package: "grep", why: "text", programs: words("egrep fgrep grep") },
  { package: "gzip", why: "a format, the same bytes from the same version", programs: ["gzip"] },
  {
    package: "kmod",
    why: "reads modules of any machine; mkinitramfs starts it thousands of times",
    programs: ["kmod"],
  },
  {
    package: "libc-bin",
    why: "compiled locales are the same on machines of the same word size and byte order",
    programs: words("localedef locale"),
  },
  { package: "mawk", why: "text", programs: ["mawk"] },
  {
    package: "openssl",
    why: "formats; update-ca-certificates hashes every certificate with it",
    programs: ["openssl"],
    condition: "openssl",
  },
  {
    package: "openssh-client",
    why: "the first start of a server makes keys, which takes seconds",
    programs: ["ssh-keygen"],
  },
  {
    package: "perl-base",
    why: "maintainer scripts and debconf; its compiled modules come from the twin",
    programs: ["perl"],
    condition: "perl",
  },
  {
    package: "python3-minimal",
    why: "compiling to bytecode, which is the same on every machine",
    programs: words("python3.11 python3.13"),
    condition: "python",
  },
  { package: "sed", why: "text", programs: ["sed"] },
  { package: "sqv", why: "checks signatures", programs: ["sqv"] },
  { package: "tar", why: "a format", programs: ["tar"] },
  {
    package: "util-linux",
    why: "maintainer scripts call them often",
    programs: words("findmnt flock getopt mountpoint rev"),
  },
  { package: "xz-utils", why: "a format, the same bytes from the same version", programs: ["xz"] },
  { package: "zstd", why: "a format, the same bytes from the same version", programs: ["zstd"] },
];

/** Candidates that always stay emulated, because they look at the machine or at its programs. */
export const neverRedirected: Readonly<Record<string, string>> = {
  arch: "prints the machine",
  bash: "tells scripts the machine, in HOSTTYPE and MACHTYPE",
  "fc-cache": "writes caches in the machine's own layout",
  "gdk-pixbuf-query-loaders": "loads the target's libraries",
  gawk: "loads modules of the target's",
  getconf: "prints limits of the machine",
  getent: "loads the target's name services",
  iconvconfig: "writes a cache of the target's own converters",
  ldconfig: "tells libraries by their machine",
  ldd: "starts the target's loader",
  numfmt: "calculates with the machine's longest numbers",
  od: "prints the machine's longest numbers",
  printf: "calculates with the machine's longest numbers",
  seq: "calculates with the machine's longest numbers",
  "start-stop-daemon": "compares running programs with files",
  stdbuf: "puts a library of the target's into the programs it starts",
  systemctl: "tells units by the machine's conditions",
  "systemd-machine-id-setup": "asks the machine for its identity",
  uname: "prints the machine",
  useradd: "loads the target's authentication modules",
  who: "reads records whose layout differs between machines",
};

/** Packages of compiled perl modules. Where a tree has others, perl is emulated. */
const perlModules = [
  "perl",
  // With build-essential.
  "libalgorithm-diff-xs-perl",
  "libfile-fcntllock-perl",
  "liblocale-gettext-perl",
  "libtext-charwidth-perl",
  "libtext-iconv-perl",
];

/** Every package that holds a redirected program, or what such a program loads. */
export function twinPackages(release: string): string[] {
  const absent = release === "bookworm" ? ["sqv"] : [];
  const names = [...redirected.map((row) => row.package), ...perlModules, "libc6"];
  return [...new Set(names)].filter((name) => !absent.includes(name)).sort();
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
