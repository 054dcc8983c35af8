import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Command, type Exec, isPibuildError, removeTree } from "@pibuild/core";
import { composeTwin } from "./compose/compose-twin.ts";
import { olderPlace, type TwinTrees } from "./compose/twin-files.ts";
import type { NativePrograms } from "./native-programs.ts";
import { twinPath } from "./paths.ts";
import { twinPackages } from "./programs.ts";

/** All that a twin is made from, but for the packages' contents. */
export interface TwinRecipe {
  readonly release: string;
  /** Lines of a sources.list; none for mmdebstrap's own mirror. */
  readonly sources: readonly string[];
  /** Lines of an apt.conf: how to fetch. They change nothing of the result. */
  readonly aptOptions: readonly string[];
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
 * programs, asks those that know their architecture for it, and packs the result. Gives whether
 * all is in it that was asked for: a twin without older versions serves, and is slower. Must run as
 * root in a mount namespace of its own. Throws COMMAND_FAILED.
 */
export async function makeTwin(
  exec: Exec,
  recipe: TwinRecipe,
  places: TwinPlaces,
): Promise<boolean> {
  const { scratch, archives, output } = places;
  const tree = (architecture: "amd64" | "arm64") => join(scratch, architecture);
  const composed = join(scratch, "twin");
  await Promise.all(
    (["amd64", "arm64"] as const).map((architecture) =>
      unpack(exec, recipe, architecture, archives[architecture], tree(architecture)),
    ),
  );
  const newest = { host: tree("amd64"), target: tree("arm64") };
  let older = olderTrees(newest);
  const compose = async (without: readonly string[] = []) => {
    await removeTree(composed);
    const { perlShim } = recipe.native;
    await composeTwin({ newest, older, perlShim, qemu: recipe.qemu }, composed, without);
  };
  await compose();
  if ((await packagesOfThisMachine(exec, composed, olderPlace)).length > 0) {
    older = undefined;
    await compose();
  }
  const unconvinced = await packagesOfThisMachine(exec, composed, "");
  if (unconvinced.length > 0) await compose(unconvinced);
  const options = [
    ...["-noappend", "-no-progress", "-quiet", "-all-root"],
    ...["-mkfs-time", "0", "-all-time", "0"],
    // Read at every start of a program: quick to unpack matters more than small.
    ...["-comp", "zstd", "-Xcompression-level", "1"],
  ];
  await exec.run({ program: "mksquashfs", args: [composed, output, ...options] });
  await removeTree(scratch);
  return older !== undefined || !recipe.older;
}

/** What `unpackOlder` left in the trees, where that is all of it. */
function olderTrees({ host, target }: TwinTrees): TwinTrees | undefined {
  const older = { host: join(host, olderPlace), target: join(target, olderPlace) };
  const whole = [older.host, older.target].every((tree) => existsSync(join(tree, wholeMark)));
  return whole ? older : undefined;
}

/** Where archives get copies of apt's indexes. */
export const indexCopies = "indexes";

/** Downloads and unpacks; no script of a package runs. */
async function unpack(
  exec: Exec,
  { release, sources, older, aptOptions }: TwinRecipe,
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
      ...aptOptions.map((line) => `--aptopt=${line}`),
      ...["--skip=download/empty", "--skip=essential/unlink"],
      `--setup-hook=${mountArchives}`,
      ...(older ? [`--extract-hook=${unpackOlder(release)}`] : []),
      // mmdebstrap takes them away, and they say what the packages' bytes have to be.
      `--extract-hook=cp --recursive "$1/var/lib/apt/lists/." "$1/var/cache/apt/archives/${indexCopies}"`,
      `--extract-hook=umount "$1/var/cache/apt/archives"`,
      ...[release, tree, ...sources],
    ],
  });
}

/** A file that says that all was unpacked. */
const wholeMark = ".whole";

/**
 * A line of shell that unpacks what the release's own suite has of those that upgrades replace, and
 * that most time is spent in. Without them more is emulated, so failing is not an error.
 */
function unpackOlder(release: string): string {
  const names = "apt|apt-utils|libapt-pkg[0-9.]+(t64)?|perl|perl-base|libperl5[0-9.]+(t64)?";
  return [
    `mkdir "$1/${olderPlace}" && cd "$1/${olderPlace}" && export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"`,
    `apt-get download $(apt-cache pkgnames | grep -Ex "${names}" | sed "s|$|/${release}|")`,
    "for package in *.deb; do dpkg-deb --extract $package . && rm $package || exit 0; done",
    `touch ${wholeMark} || :`,
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

/**
 * dpkg and apt had their architecture replaced: those whose programs in a place of the twin do not
 * answer with the target's.
 */
async function packagesOfThisMachine(
  exec: Exec,
  composed: string,
  place: string,
): Promise<string[]> {
  await exec.run({ program: "mount", args: ["--bind", composed, twinPath] });
  try {
    const found: string[] = [];
    for (const { packages, command, answer } of questions) {
      const [name = "", ...args] = command;
      const path = join(twinPath, place, name);
      if (!existsSync(path)) continue;
      if (!(await answers(exec, { program: { path }, args }, answer))) found.push(...packages);
    }
    return found;
  } finally {
    await exec.run({ program: "umount", args: [twinPath] });
  }
}

async function answers(exec: Exec, command: Command, answer: RegExp): Promise<boolean> {
  try {
    return answer.test((await exec.run(command)).stdout);
  } catch (error) {
    // One that does not even start says nothing of the target either.
    if (isPibuildError(error, "COMMAND_FAILED")) return false;
    throw error;
  }
}
