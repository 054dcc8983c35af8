import { foreign, namesOf, type PathSyntax, withoutParents } from "./host-path.ts";
import { goodNames, parseWindows } from "./windows-syntax.ts";

/**
 * `/c/x` for a drive and `//wsl.localhost/Debian/x` for a distribution; Git Bash takes `C:\x` as
 * well. Every other absolute path lies below the directory in which Git itself is installed.
 */
export const gitBashSyntax: PathSyntax = {
  parse(path) {
    if (!/^\/(?!\/)/.test(path)) return parseWindows(path, path, "git-bash");
    const [drive = "", ...names] = withoutParents(namesOf(path, /[\\/]+/));
    if (!/^[a-z]$/i.test(drive)) throw foreign(path, "git-bash", "own-tree");
    return { kind: "drive", drive: drive.toUpperCase(), names };
  },
  format(place, path) {
    const names = goodNames(place, path, "git-bash");
    if (place.kind === "relative") return names.join("/") || ".";
    const root =
      place.kind === "drive"
        ? `/${place.drive.toLowerCase()}`
        : `//wsl.localhost/${place.distribution}`;
    return [root, ...names].join("/");
  },
};
