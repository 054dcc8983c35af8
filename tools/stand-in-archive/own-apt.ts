import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The options of an apt that keeps all it needs in a directory: it reads one line of sources, and
 * knows of nothing that is installed here.
 */
export async function ownApt(directory: string, source: string, arch: string): Promise<string[]> {
  await mkdir(join(directory, "lists/partial"), { recursive: true });
  const sources = join(directory, "sources.list");
  await writeFile(sources, `${source}\n`);
  const options = {
    "Dir::Etc::sourcelist": sources,
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": join(directory, "lists"),
    "Dir::State::status": "/dev/null",
    "Dir::Cache": directory,
    "APT::Architecture": arch,
    "APT::Architectures": arch,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  };
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}
