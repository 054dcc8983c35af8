import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ForeignArch } from "../foreign-arch.ts";
import { handles } from "../kernel/handler.ts";
import { parseRegisterLine, type Registration } from "../kernel/register-line.ts";

/** Where systemd-binfmt looks, the strongest first; binfmt.d(5). */
export const bootDirectories: readonly string[] = [
  "/etc/binfmt.d",
  "/run/binfmt.d",
  "/usr/local/lib/binfmt.d",
  "/usr/lib/binfmt.d",
];

export interface BootRegistration extends Registration {
  readonly file: string;
}

/**
 * What systemd-binfmt will have registered for an architecture when the host has started, in that
 * order: by file name over all directories, where a stronger directory's file hides its namesakes.
 */
export async function bootRegistrations(
  arch: ForeignArch,
  directories: readonly string[] = bootDirectories,
): Promise<BootRegistration[]> {
  const files = new Map<string, string>();
  for (const directory of directories) {
    const names = await readdir(directory).catch(none);
    for (const name of names.filter((entry) => entry.endsWith(".conf"))) {
      if (!files.has(name)) files.set(name, join(directory, name));
    }
  }
  const found: BootRegistration[] = [];
  for (const name of [...files.keys()].sort()) {
    const file = files.get(name) ?? "";
    // Debian's are links into another package, which may be gone.
    const text = await readFile(file, "utf8").catch(() => "");
    for (const line of text.split("\n").filter((entry) => !/^\s*([#;]|$)/.test(entry))) {
      const registration = parseRegisterLine(line);
      if (registration !== undefined && handles(registration, arch)) {
        found.push({ ...registration, file });
      }
    }
  }
  return found;
}

function none(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
