import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, PibuildError } from "@pibuild/core";
import { debianMirrors, hostMirrors } from "@pibuild/mirrors";
import { ownApt } from "./own-apt.ts";

export interface Distribution {
  readonly release: "bookworm" | "trixie";
  readonly arch: string;
}

/** Debian's archive, as the host's own mirror has it. */
export interface Debian extends Distribution {
  readonly names: ReadonlySet<string>;
  /** The first package that a package depends on whose name matches. Throws where there is none. */
  dependency(name: string, pattern: RegExp): Promise<string>;
  /** The path of the package's file, in a new directory. */
  download(name: string): Promise<string>;
}

/** Asks the mirror for its index; keeps what it needs in a directory of its own. */
export async function openDebian(
  exec: Exec,
  { release, arch }: Distribution,
  scratch: string,
): Promise<Debian> {
  const { main } = await debianMirrors({ release, arch }, await hostMirrors());
  const directory = join(scratch, "apt");
  const areas = "main contrib non-free non-free-firmware";
  const keyring = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
  const args = await ownApt(directory, `deb ${keyring} ${main} ${release} ${areas}`, arch);
  const cache = async (...more: string[]) =>
    (await exec.run({ program: "apt-cache", args: [...args, ...more] })).stdout.split("\n");
  await exec.run({ program: "apt-get", args: [...args, "--quiet", "update"] });
  return {
    ...{ release, arch, names: new Set(await cache("pkgnames")) },
    async dependency(name, pattern) {
      const lines = await cache("depends", "--no-recommends", "--no-suggests", name);
      const found = lines.flatMap((line) => /^\s+Depends: (\S+)/.exec(line)?.[1] ?? []);
      const match = found.find((each) => pattern.test(each));
      if (match !== undefined) return match;
      throw new PibuildError("VERIFY_FAILED", {
        what: `\`${name}\` in Debian's ${release} depends on a package named ${pattern}`,
        detail: `it depends on ${found.join(", ") || "nothing"}`,
      });
    },
    async download(name) {
      const cwd = await mkdtemp(join(directory, "deb-"));
      await exec.run({ program: "apt-get", args: [...args, "--quiet", "download", name], cwd });
      return join(cwd, (await readdir(cwd))[0] ?? "");
    },
  };
}
