import { readAptFiles } from "./apt-files.ts";
import type { AptSource, Sources } from "./apt-source.ts";
import { parseDeb822 } from "./deb822.ts";
import { expandMirrorList } from "./mirror-list.ts";
import { parseOneLine } from "./one-line.ts";

export interface HostMirrorsOptions {
  /** Where apt's configuration is. Default: `/etc/apt`. */
  readonly aptDirectory?: string;
}

/**
 * The sources that this host's own apt uses, in apt's order, and what was left out of them. A host
 * without apt has none.
 */
export async function hostSources({
  aptDirectory = "/etc/apt",
}: HostMirrorsOptions = {}): Promise<Sources> {
  const files = await readAptFiles(aptDirectory, {
    file: "sources.list",
    endings: [".list", ".sources"],
  });
  const read = files.map(({ path, text }) =>
    (path.endsWith(".sources") ? parseDeb822 : parseOneLine)(text, path),
  );
  const written = read.flatMap(({ sources }) => sources);
  return {
    sources: (await Promise.all(written.map(expandMirrorList))).flat(),
    passedOver: read.flatMap(({ passedOver }) => passedOver),
  };
}

/** The sources alone. */
export async function hostMirrors(options: HostMirrorsOptions = {}): Promise<readonly AptSource[]> {
  return (await hostSources(options)).sources;
}
