import { type Elf, needFirst } from "../elf.ts";
import { graftArchitecture, graftOlder, graftPaths, graftPerl } from "../graft.ts";
import { elfOf, olderPlace, shimName } from "./twin-files.ts";

/** The program of a package, made to run as the twin's; undefined where it cannot be. */
export async function graftProgram(
  path: string,
  fromPackage: string,
  place: string,
): Promise<Elf | undefined> {
  const elf = await elfOf(path);
  if (elf === undefined) return undefined;
  if (fromPackage === "perl-base") {
    graftPerl(elf.bytes);
    if (!needFirst(elf, shimName)) return undefined;
  }
  if (["apt", "apt-utils", "dpkg"].includes(fromPackage)) graftArchitecture(elf.bytes);
  if (place === olderPlace) graftOlder(elf.bytes);
  graftPaths(elf.bytes);
  return elf;
}
