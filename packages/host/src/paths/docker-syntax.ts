import { foreign, type HostPath, namesOf, type PathSyntax, withoutParents } from "./host-path.ts";
import { goodNames, parseWindows } from "./windows-syntax.ts";

/** Where Docker Desktop's own machine has the drives; `docker inspect` shows mounts so. */
const insideDesktop = /^(?:\/run\/desktop\/mnt\/host|\/host_mnt)(?=\/)/;

/**
 * The source of a bind mount for Docker Desktop: written `C:/x`, which `docker` takes from every
 * shell; read also as `//c/x`, `/c/x`, `C:\x` and as its own machine sees it. A relative one begins
 * with `./`, as a mere name is a volume. Files of a distribution have no name here: the `docker`
 * that runs in it mounts them.
 */
export const dockerSyntax: PathSyntax = {
  parse(path) {
    const [, drive, rest = ""] =
      /^\/{1,2}([a-z])(\/.*)?$/is.exec(path.replace(insideDesktop, "")) ?? [];
    if (drive === undefined) return onDrive(parseWindows(path, path, "docker"), path);
    const names = withoutParents(namesOf(rest, "/"));
    return { kind: "drive", drive: drive.toUpperCase(), names };
  },
  format(place, path) {
    const names = goodNames(onDrive(place, path), path, "docker").join("/");
    return place.kind === "drive" ? `${place.drive}:/${names}` : `./${names}`;
  },
};

function onDrive(place: HostPath, path: string): HostPath {
  if (place.kind === "distribution") throw foreign(path, "docker", "in-distribution");
  return place;
}
