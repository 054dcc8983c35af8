import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";

export interface ArchiveOptions {
  readonly mirror: string;
  readonly release: string;
  readonly arch: string;
  readonly components: readonly string[];
  /** An empty directory for apt's state. */
  readonly scratch: string;
}

/** Every package name that an archive answers for, provided ones included. */
export async function archiveNames(exec: Exec, options: ArchiveOptions): Promise<Set<string>> {
  const { mirror, release, arch, components, scratch } = options;
  const lists = join(scratch, "lists");
  await mkdir(join(lists, "partial"), { recursive: true });
  const sources = join(scratch, "sources.list");
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  await writeFile(
    sources,
    `deb [arch=${arch} signed-by=${keyring}] ${mirror} ${release} ${components.join(" ")}\n`,
  );
  const settings = {
    "Dir::Etc::sourcelist": sources,
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": lists,
    "Dir::State::status": "/dev/null",
    "Dir::Cache": scratch,
    "APT::Architecture": arch,
    "APT::Architectures": arch,
    "Acquire::Languages": "none",
    "Acquire::GzipIndexes": "false",
    "APT::Sandbox::User": "root",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  await exec.run({ program: "apt-get", args: [...args, "update"] });
  const names = new Set<string>();
  for (const file of (await readdir(lists)).filter((name) => name.endsWith("_Packages"))) {
    const text = await readFile(join(lists, file), "utf8");
    for (const [, field, value = ""] of text.matchAll(/^(Package|Provides): (.*)$/gm)) {
      const given = field === "Package" ? [value] : value.split(/,\s*/);
      for (const name of given) names.add(name.replace(/ .*/, ""));
    }
  }
  return names;
}
