import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, removeTree } from "@pibuild/core";
import { composeTwin, olderPlace } from "./compose.ts";
import type { NativePrograms } from "./native-programs.ts";
import { twinPath } from "./paths.ts";
import { twinPackages } from "./programs.ts";

/** All that a twin is made from, but for the packages' contents. */
export interface TwinRecipe {
  readonly release: string;
  /** Lines of a sources.list; none for mmdebstrap's own mirror. */
  readonly sources: readonly string[];
  /** Whether apt and perl are wanted as the release began with them, too, before any upgrade. */
  readonly older: boolean;
  /** The emulator that runs what is not redirected. */
  readonly qemu: string;
  readonly native: NativePrograms;
}

export interface TwinPlaces {
  /** An empty directory of its own. */
  readonly scratch: string;
  /** Packages that are there already, and take new ones, by Debian's name of the architecture. */
  readonly archives: Readonly<Record<"amd64" | "arm64", string>>;
  /** The squashfs file to write. */
  readonly output: string;
}

/**
 * Makes the twin of a release: unpacks the same packages for both machines, grafts this machine's
 * programs, asks those that know their architecture for it, and packs the result. Must run as root
 * in a mount namespace of its own. Throws COMMAND_FAILED.
 */
export async function makeTwin(exec: Exec, recipe: TwinRecipe, places: TwinPlaces): Promise<void> {
  const { scratch, archives, output } = places;
  const tree = (architecture: "amd64" | "arm64") => join(scratch, architecture);
  const composed = join(scratch, "twin");
  await Promise.all(
    (["amd64", "arm64"] as const).map((architecture) =>
      unpack(exec, recipe, architecture, archives[architecture], tree(architecture)),
    ),
  );
  const newest = { host: tree("amd64"), target: tree("arm64") };
  const older = { host: join(newest.host, olderPlace), target: join(newest.target, olderPlace) };
  const { perlShim } = recipe.native;
  const sources = { newest, older, perlShim, qemu: recipe.qemu };
  await composeTwin(sources, composed);
  const unconvinced = await packagesOfThisMachine(exec, composed);
  if (unconvinced.length > 0) {
    await removeTree(composed);
    await composeTwin(sources, composed, unconvinced);
  }
  const options = [
    ...["-noappend", "-no-progress", "-quiet", "-all-root"],
    ...["-mkfs-time", "0", "-all-time", "0"],
    // Read at every start of a program: quick to unpack matters more than small.
    ...["-comp", "zstd", "-Xcompression-level", "1"],
  ];
  await exec.run({ program: "mksquashfs", args: [composed, output, ...options] });
  await removeTree(scratch);
}

/** Downloads and unpacks; no script of a package runs. */
async function unpack(
  exec: Exec,
  { release, sources, older }: TwinRecipe,
  architecture: string,
  archives: string,
  tree: string,
): Promise<void> {
  await mkdir(archives, { recursive: true });
  const mountArchives = `mkdir -p "$1/var/cache/apt/archives" && mount --bind "${archives}" "$1/var/cache/apt/archives"`;
  await exec.run({
    program: "mmdebstrap",
    args: [
      ...["--mode=root", "--format=directory", "--variant=extract"],
      `--architectures=${architecture}`,
      `--include=${twinPackages(release).join(",")}`,
      `--aptopt=Acquire::Languages "none"`,
      ...["--skip=download/empty", "--skip=essential/unlink"],
      `--setup-hook=${mountArchives}`,
      ...(older ? [`--extract-hook=${unpackOlder(release)}`] : []),
      `--extract-hook=umount "$1/var/cache/apt/archives"`,
      ...[release, tree, ...sources],
    ],
  });
}

/**
 * A line of shell that unpacks what the release's own suite has of those that upgrades replace, and
 * that most time is spent in. Without them more is emulated, so failing is not an error.
 */
function unpackOlder(release: string): string {
  const names = "apt|apt-utils|libapt-pkg[0-9.]+(t64)?|perl|perl-base|libperl5[0-9.]+(t64)?";
  return [
    `mkdir "$1/${olderPlace}" && cd "$1/${olderPlace}" && export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"`,
    `apt-get download $(apt-cache pkgnames | grep -Ex "${names}" | sed "s|$|/${release}|")`,
    "for package in *.deb; do dpkg-deb --extract $package . && rm $package; done || :",
  ].join(" && ");
}

const questions = [
  {
    packages: ["dpkg"],
    command: ["usr/bin/dpkg", "--print-architecture"],
    answer: /^arm64$/,
  },
  {
    packages: ["apt", "apt-utils"],
    command: ["usr/bin/apt-config", "dump", "APT::Architecture"],
    answer: /^APT::Architecture "arm64";$/m,
  },
];

/** dpkg and apt had their architecture replaced: those that do not answer with the target's. */
async function packagesOfThisMachine(exec: Exec, composed: string): Promise<string[]> {
  await exec.run({ program: "mount", args: ["--bind", composed, twinPath] });
  try {
    const found: string[] = [];
    for (const { packages, command, answer } of questions) {
      const [path = "", ...args] = command;
      for (const program of [path, join(olderPlace, path)]) {
        if (!existsSync(join(twinPath, program))) continue;
        const { stdout } = await exec.run({ program: { path: join(twinPath, program) }, args });
        if (!answer.test(stdout)) found.push(...packages);
      }
    }
    return found;
  } finally {
    await exec.run({ program: "umount", args: [twinPath] });
  }
}
