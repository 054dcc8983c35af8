import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CommandResult, createExec, findCommand, removeTree } from "@pibuild/core";
import { type PackedPackage, packPackages } from "../../tools/release/pack-packages.ts";

/** An empty project, elsewhere, into which our packages are installed as others install them. */
export interface OutsideProject extends AsyncDisposable {
  readonly path: string;
  readonly packed: readonly PackedPackage[];
  /** A directory with other versions of Node.js, see `nodeProgram`. */
  readonly nodes: string;
  /** A directory of the project's, for what a build keeps. */
  readonly cache: string;
  /** Writes files; names that end with `.sh` become executable. */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  run(program: string, args: readonly string[], env?: Env): Promise<CommandResult>;
}

type Env = Readonly<Record<string, string>>;

const exec = createExec();

/** What drags Nx in, and what a project has to do without. */
const withoutNx = ({ name }: PackedPackage) => name !== "@pibuild/nx";
/** The oldest Node.js that `engines` names, and ones that it leaves out. */
export const nodes = { oldest: "22.21.0", outdated: ["20.19.5", "12.22.12"] } as const;

/** The program of one of those. */
export function nodeProgram(project: OutsideProject, version: string): string {
  return join(project.nodes, "node_modules", `node-${version}`, "bin", "node");
}

/** Packs all packages, and installs them with npm. Takes a minute. */
export async function createOutsideProject(): Promise<OutsideProject> {
  const here = await mkdtemp("/var/tmp/pibuild outside-");
  const path = join(here, "project");
  const archives = join(here, "archives");
  const nodesDirectory = join(here, "nodes");
  for (const directory of [path, archives, nodesDirectory]) await mkdir(directory);
  const packed = await packPackages(archives);
  const tarballs = packed.filter(withoutNx).map(({ tarball }) => tarball);
  await install(path, [...tarballs, "typescript@6.0.3", "@types/node@22"]);
  // Elsewhere, as each brings a command `node`.
  await install(
    nodesDirectory,
    [nodes.oldest, ...nodes.outdated].map(
      (version) => `node-${version}@npm:node-linux-${process.arch}@${version}`,
    ),
  );
  return {
    path,
    packed,
    nodes: nodesDirectory,
    cache: join(here, "cache"),
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        const mode = name.endsWith(".sh") ? 0o755 : 0o644;
        await writeFile(join(path, name), content, { mode });
      }
    },
    run: (program, args, env = {}) =>
      exec.run({
        program: { path: program.includes("/") ? program : (findCommand(program) ?? program) },
        args,
        cwd: path,
        env: { ...callersEnvironment(), ...env },
        allowExit: Array.from({ length: 256 }, (_, code) => code),
      }),
    [Symbol.asyncDispose]: () => removeTree(here),
  };
}

async function install(cwd: string, packages: readonly string[]): Promise<void> {
  await writeFile(join(cwd, "package.json"), '{ "private": true, "type": "module" }\n');
  const args = ["install", "--no-audit", "--no-fund", ...packages];
  await exec.run({ program: "npm", args, cwd, env: callersEnvironment() });
}

/** How npm reaches its registry is this machine's affair. */
function callersEnvironment(): Env {
  const set = Object.entries(process.env).flatMap(([key, value]) =>
    value === undefined || key.startsWith("PIBUILD_") ? [] : [[key, value] as const],
  );
  return { ...Object.fromEntries(set), NO_COLOR: "1" };
}
