import type { Archive } from "../policy/archive.ts";
import { type AptDefences, aptConfiguration } from "./apt-configuration.ts";
import { listedAddresses, mirrorList } from "./mirror-lists.ts";
import { offRules, onRules, renamedLists } from "./rewrite-rules.ts";
import { offScript, onScript, rewriteScript, wrapper } from "./scripts.ts";

/** A file of a stage for pi-gen. */
export interface RenderedFile {
  /** From pi-gen's directory on. */
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

const on = "stage0/00-apt-mirrors-on";
const off = "export-image/03-apt-mirrors-off";

/**
 * Sub-stages for a checkout of pi-gen that hold apt to the mirrors of a policy, for builds without a package proxy: the
 * first puts lists of mirrors in the place of addresses, in all sources and as long as the build lasts; the last takes all
 * of it out of the image. The order is pi-gen's, by name: before it writes sources, and behind its last fetch.
 */
export function renderFragments(
  archives: readonly Archive[],
  defences: AptDefences,
): RenderedFile[] {
  const listed = listedAddresses(archives);
  const own = `${on}/files/build-mirrors`;
  return [
    script(`${on}/00-run.sh`, onScript),
    ...listed.map((each) => plain(`${own}/${each.list}`, mirrorList(each.archive))),
    plain(`${own}/on.sed`, onRules(listed)),
    plain(`${own}/off.sed`, offRules(listed)),
    plain(`${own}/renamed`, renamedLists(listed)),
    script(`${own}/rewrite`, rewriteScript),
    plain(`${on}/files/90build-mirrors`, aptConfiguration(archives, defences)),
    script(`${on}/files/apt-get`, wrapper),
    script(`${off}/00-run.sh`, offScript),
  ];
}

function plain(path: string, text: string): RenderedFile {
  return { path, text, executable: false };
}

function script(path: string, text: string): RenderedFile {
  return { path, text, executable: true };
}
