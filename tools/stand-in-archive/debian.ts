import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { debianMirrors, hostMirrors } from "@pibuild/mirrors";

export interface Distribution {
  readonly release: string;
  readonly arch: string;
}

/** Of these packages, those that Debian does not have. Asks the mirror, in a directory of its own. */
export async function missingPackages(
  exec: Exec,
  names: readonly string[],
  { release, arch, scratch }: Distribution & { readonly scratch: string },
): Promise<string[]> {
  const { main } = debianMirrors(release as "bookworm" | "trixie", await hostMirrors());
  await mkdir(join(scratch, "lists/partial"), { recursive: true });
  const sources = join(scratch, "sources.list");
  const areas = "main contrib non-free non-free-firmware";
  await writeFile(sources, `deb [arch=${arch}] ${main} ${release} ${areas}\n`);
  const options = {
    "Dir::Etc::sourcelist": sources,
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": join(scratch, "lists"),
    "Dir::State::status": "/dev/null",
    "Dir::Cache": scratch,
    "APT::Architecture": arch,
    "APT::Architectures": arch,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  };
  const args = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  await exec.run({ program: "apt-get", args: [...args, "--quiet", "update"] });
  const { stdout } = await exec.run({ program: "apt-cache", args: [...args, "pkgnames"] });
  const known = new Set(stdout.split("\n"));
  return names.filter((name) => !known.has(name));
}
