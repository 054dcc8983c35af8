import type { Wanted } from "./candidates.ts";
import { type DebianMirrors, debianMirrors } from "./debian-mirrors.ts";
import { type HostMirrorsOptions, hostSources } from "./host-mirrors.ts";
import { createProve, type ProveOptions } from "./prove.ts";

/** The Debian mirrors among this host's own sources, proved where that can be. */
export async function hostDebianMirrors(
  wanted: Wanted,
  options: ProveOptions & HostMirrorsOptions,
): Promise<DebianMirrors> {
  const { sources, passedOver } = await hostSources(options);
  const found = await debianMirrors(wanted, sources, createProve(options));
  const left = passedOver.map(({ file, unknown }) => ({
    message: `${file}: a source is skipped, because its option \`${unknown}\` is unknown`,
    hint: "if that is the mirror you want, set APT_MIRROR",
  }));
  return { ...found, notices: [...left, ...found.notices] };
}
