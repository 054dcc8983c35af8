import { convertPath } from "@pibuild/host";

/**
 * Where a container sees a path of this machine: at the same place, but for Windows, whose `C:\x`
 * is `/c/x` there. A relative path stays one. Throws PATH_FOREIGN for what Docker cannot bind.
 */
export function insidePath(path: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== "win32") return path;
  return convertPath(path, { from: "windows", to: "git-bash" });
}

/** A path of this machine as the source of a bind mount: `C:/x` on Windows. Throws PATH_FOREIGN. */
export function bindSource(path: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== "win32") return path;
  return convertPath(path, { from: "windows", to: "docker" });
}
