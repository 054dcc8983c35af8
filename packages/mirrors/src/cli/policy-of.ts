import type { AptSource } from "../apt-source.ts";
import type { Archive } from "../policy/archive.ts";

/**
 * A policy of a host's own sources: each address is an archive, and its own first mirror. `further` are words
 * `ADDRESS=MIRROR`. Throws an Error that says which is none.
 */
export function policyOf(
  sources: readonly Pick<AptSource, "uri">[],
  further: readonly string[],
): Archive[] {
  const mirrors = new Map<string, string[]>();
  for (const { uri } of sources) if (/^https?:/.test(uri)) mirrors.set(uri, [uri]);
  for (const word of further) {
    const [, address, mirror] = /^(https?:\/\/[^\s=]+)=(https?:\/\/\S+)$/.exec(word) ?? [];
    if (address === undefined || mirror === undefined)
      throw new Error(`--mirror takes two addresses with \`=\` between, not \`${word}\``);
    const bare = address.replace(/\/+$/, "");
    mirrors.set(bare, [...(mirrors.get(bare) ?? []), mirror.replace(/\/+$/, "")]);
  }
  if (mirrors.size === 0) throw new Error("apt has no sources here: name an archive with --mirror");
  return [...mirrors].map(([address, candidates]) => ({
    ...{ name: address.replace(/^https?:\/\//, ""), addresses: [address] },
    candidates: [...new Set(candidates)],
  }));
}
