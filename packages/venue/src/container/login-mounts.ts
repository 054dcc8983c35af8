import { existsSync } from "node:fs";
import type { Mount } from "./run-arguments.ts";

/** Where apt has its logins, apt_auth.conf(5). */
const files = ["/etc/apt/auth.conf", "/etc/apt/auth.conf.d"];

/** The logins of this machine's apt, for a pibuild in a container to read as this one does. */
export function loginMounts(exists: (path: string) => boolean = existsSync): Mount[] {
  return files
    .filter(exists)
    .map((path) => ({ type: "bind", source: path, target: path, readonly: true }));
}
