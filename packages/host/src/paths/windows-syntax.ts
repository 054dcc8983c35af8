import { foreign, type HostPath, namesOf, type PathSyntax, withoutParents } from "./host-path.ts";
import type { PathForm } from "./path-problems.ts";

const separators = /[\\/]+/;
/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file: characters and names of no file. */
const badCharacters = /[<>:"/\\|?*]|[ .]$/;
const deviceName = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * `C:\x` with either slash, `\\wsl$\Debian\x` and `\\wsl.localhost\Debian\x`, the long form
 * `\\?\C:\x`, and relative paths. Windows takes `..` back by name, without asking what is there.
 */
export const windowsSyntax: PathSyntax = {
  parse: (path) => parseWindows(path, path, "windows"),
  format(place, path) {
    const names = goodNames(place, path, "windows").join("\\");
    if (place.kind === "drive") return `${place.drive}:\\${names}`;
    if (place.kind === "relative") return names === "" ? "." : names;
    return ["\\\\wsl.localhost", place.distribution, names].join("\\");
  },
};

/** Reads a path of Windows. Errors name `whole`, and the form in which it came. */
export function parseWindows(path: string, whole: string, form: PathForm): HostPath {
  const place = readWindows(path, whole, form);
  goodNames(place, whole, form);
  return place;
}

/** A place's names, where Windows has files so called: also what it shares with others. */
export function goodNames({ names }: HostPath, path: string, form: PathForm): readonly string[] {
  if (names.some(isBad)) throw foreign(path, form, "bad-name");
  return names;
}

function readWindows(path: string, whole: string, form: PathForm): HostPath {
  const long = /^[\\/]{2}[?][\\/](unc[\\/])?/i.exec(path);
  if (long !== null) {
    const rest = path.slice(long[0].length);
    if (long[1] !== undefined) return share(rest, whole, form);
    if (!/^[a-z]:[\\/]/i.test(rest)) throw foreign(whole, form, "device");
    return readWindows(rest, whole, form);
  }
  if (/^[\\/]{2}\.[\\/]/.test(path)) throw foreign(whole, form, "device");
  if (/^[\\/]{2}/.test(path)) return share(path, whole, form);
  if (/^[\\/]/.test(path)) throw foreign(whole, form, "no-drive");
  const [, drive, rest = ""] = /^([a-z]):(.*)$/is.exec(path) ?? [];
  if (drive === undefined) return { kind: "relative", names: namesOf(path, separators) };
  if (!/^[\\/]/.test(rest)) throw foreign(whole, form, "drive-relative");
  const names = withoutParents(namesOf(rest, separators));
  return { kind: "drive", drive: drive.toUpperCase(), names };
}

/** The files of a distribution are a share of the server `wsl$`, by its newer name `wsl.localhost`. */
function share(path: string, whole: string, form: PathForm): HostPath {
  const [server = "", distribution, ...names] = namesOf(path, separators);
  if (!/^wsl(?:\$|\.localhost)$/i.test(server) || distribution === undefined) {
    throw foreign(whole, form, "network-share");
  }
  return { kind: "distribution", distribution, names: withoutParents(names) };
}

function isBad(name: string): boolean {
  if (name === "..") return false;
  const holdsControl = [...name].some((character) => character < " ");
  return holdsControl || badCharacters.test(name) || deviceName.test(name);
}
