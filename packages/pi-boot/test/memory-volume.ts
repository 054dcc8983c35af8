import type { BootVolume } from "@pibuild/pi-boot";

/** A boot partition of files by their paths. */
export function memoryVolume(files: Readonly<Record<string, string>>): BootVolume {
  const at = (path: string) => files[path.replace(/^\/+/, "")];
  return {
    read: async (path) => {
      const text = at(path);
      return text === undefined ? undefined : Buffer.from(text, "latin1");
    },
    has: async (path) => (at(path) ?? "") !== "",
    list: async (path) => {
      const start = path.replace(/^\/+/, "");
      const below = Object.keys(files).filter((name) => name.startsWith(start));
      return [...new Set(below.map((name) => name.slice(start.length).split("/")[0] ?? ""))];
    },
  };
}
