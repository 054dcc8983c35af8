import { readAptFiles } from "./apt-files.ts";
import type { AptSource } from "./apt-source.ts";
import { parseDeb822 } from "./deb822.ts";
import { parseOneLine } from "./one-line.ts";

export interface HostMirrorsOptions {
  /** Where apt's configuration is. Default: `/etc/apt`. */
  readonly aptDirectory?: string;
}

/** The sources that this host's own apt uses, in apt's order. A host without apt has none. */
export async function hostMirrors({
  aptDirectory = "/etc/apt",
}: HostMirrorsOptions = {}): Promise<AptSource[]> {
  const files = await readAptFiles(aptDirectory, {
    file: "sources.list",
    endings: [".list", ".sources"],
  });
  return files.flatMap(({ path, text }) =>
    (path.endsWith(".sources") ? parseDeb822 : parseOneLine)(text, path),
  );
}
