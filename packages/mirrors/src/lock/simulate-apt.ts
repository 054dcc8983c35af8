import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Exec, sha256File } from "@pibuild/core";

/** A package with its version. */
export interface Versioned {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
}

/** What apt would do: install these, and take those away. */
export interface Simulated {
  readonly installs: readonly Versioned[];
  readonly removes: readonly string[];
}

/** An apt of this machine that knows one directory of packages, and of some that they are installed; it changes nothing. */
export interface AptSimulation extends AsyncDisposable {
  /** Its `Packages`, and dpkg's list of what is installed: written before it is asked. */
  readonly packagesFile: string;
  readonly statusFile: string;
  /** Says which have come for others, and go with these. */
  markAuto(packages: readonly Versioned[]): Promise<void>;
  /** Throws COMMAND_FAILED where apt finds no way. */
  ask(args: readonly string[]): Promise<Simulated>;
}

/** The suite of the directory of packages. */
export const offeredSuite = "offered";

/** Where packages are not `preferred` to those that are installed, these are changed only where that is asked for. */
export async function openSimulation(
  exec: Exec,
  architectures: readonly string[],
  { preferred }: { readonly preferred: boolean },
): Promise<AptSimulation> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild-update-"));
  const at = (name: string) => join(directory, name);
  for (const name of ["offer", "state/lists/partial", "cache/archives/partial", "etc"])
    await mkdir(at(name), { recursive: true });
  const env = { APT_CONFIG: at("apt.conf") };
  const get = (args: readonly string[]) => exec.run({ program: "apt-get", args, env, quiet: true });
  let prepared: Promise<unknown> | undefined;
  const prepare = async () => {
    const { href } = pathToFileURL(`${at("offer")}/`);
    await writeFile(at("etc/sources.list"), `deb [trusted=yes] ${href} ./\n`);
    await writeFile(at("apt.conf"), configuration(directory, architectures));
    await writeFile(at("offer/Release"), await releaseText(at("offer/Packages")));
    const pin = `Package: *\nPin: release a=${offeredSuite}\nPin-Priority: ${preferred ? 500 : 50}\n`;
    await writeFile(at("etc/preferences"), pin);
    await get(["update"]);
  };
  return {
    packagesFile: at("offer/Packages"),
    statusFile: at("state/status"),
    async markAuto(packages) {
      const text = packages.map(
        ({ name, architecture }) =>
          `Package: ${name}\nArchitecture: ${architecture === "all" ? architectures[0] : architecture}\nAuto-Installed: 1\n`,
      );
      await writeFile(at("state/extended_states"), text.join("\n"));
    },
    async ask(args) {
      prepared ??= prepare();
      await prepared;
      const { stdout } = await get(["--simulate", ...args]);
      return readAnswer(stdout);
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

function configuration(directory: string, architectures: readonly string[]): string {
  const at = (name: string) => JSON.stringify(join(directory, name));
  return [
    `Dir::State ${at("state")}; Dir::State::status ${at("state/status")}; Dir::Cache ${at("cache")};`,
    `Dir::Etc ${at("etc")}; Dir::Etc::main "-"; Dir::Etc::parts "-"; Dir::Log "/dev/null";`,
    `APT::Architecture ${JSON.stringify(architectures[0])};`,
    `APT::Architectures { ${architectures.map((each) => `${JSON.stringify(each)};`).join(" ")} };`,
    'APT::Sandbox::User "root"; APT::Install-Recommends "false"; Acquire::Languages "none";',
    'Debug::NoLocking "true"; APT::Get::Show-User-Simulation-Note "false";',
    "",
  ].join("\n");
}

async function releaseText(packagesFile: string): Promise<string> {
  const { size } = await stat(packagesFile);
  const fields = [`Suite: ${offeredSuite}`, `Date: ${new Date().toUTCString()}`, "SHA256:"];
  return [...fields, ` ${await sha256File(packagesFile)} ${size} Packages`, ""].join("\n");
}

/** Lines such as `Inst NAME [OLD] (NEW SUITE [ARCH])` and `Remv NAME [OLD]`. */
function readAnswer(output: string): Simulated {
  const installs = output.matchAll(
    /^Inst (\S+?)(?::\S+)?(?: \[\S*\])? \((\S+) .*?\[([^\]]+)\]\)/gm,
  );
  const removes = output.matchAll(/^Remv (\S+)/gm);
  return {
    installs: [...installs].map(([, name = "", version = "", architecture = ""]) => ({
      ...{ name, version, architecture },
    })),
    removes: [...removes].map(([, name = ""]) => name),
  };
}
