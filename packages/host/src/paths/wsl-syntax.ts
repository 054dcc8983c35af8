import { foreign, namesOf, type PathSyntax, type WslPlace, withoutParents } from "./host-path.ts";

/** `/mnt/c/x` for a drive, wherever `automountRoot` has them, and a distribution's own absolute paths. */
export const wslSyntax: PathSyntax = {
  parse(path, wsl) {
    if (!path.startsWith("/")) return { kind: "relative", names: namesOf(path, "/") };
    const names = withoutParents(namesOf(path, "/"));
    const root = rootOf(wsl);
    const drive = names[root.length] ?? "";
    // WSL mounts drives in lower case, and Linux tells case apart.
    if (root.every((name, index) => names[index] === name) && /^[a-z]$/.test(drive)) {
      return { kind: "drive", drive: drive.toUpperCase(), names: names.slice(root.length + 1) };
    }
    if (wsl.distribution === undefined) throw foreign(path, "wsl", "unnamed-distribution");
    return { kind: "distribution", distribution: wsl.distribution, names };
  },
  format(place, path, wsl) {
    if (place.kind === "relative") return place.names.join("/") || ".";
    if (place.kind === "drive") {
      return `/${[...rootOf(wsl), place.drive.toLowerCase(), ...place.names].join("/")}`;
    }
    if (place.distribution.toLowerCase() !== wsl.distribution?.toLowerCase()) {
      throw foreign(path, "wsl", "other-distribution");
    }
    return `/${place.names.join("/")}`;
  },
};

function rootOf({ automountRoot = "/mnt/" }: WslPlace): string[] {
  return namesOf(automountRoot, "/");
}
