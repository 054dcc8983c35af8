import type { Git } from "./git.ts";
import { type PigenSource, reading } from "./source.ts";

/**
 * The commits of a source's tags, by name: of those that match a pattern of git's, or of all.
 * Of an annotated tag it is the commit that it stands for.
 */
export async function remoteTags(
  git: Git,
  source: PigenSource,
  pattern?: string,
): Promise<ReadonlyMap<string, string>> {
  const patterns = pattern === undefined ? [] : [`refs/tags/${pattern}`, `refs/tags/${pattern}^{}`];
  const { stdout } = await reading(
    source,
    git(["ls-remote", "--quiet", "--tags", ...source.arguments, ...patterns]),
  );
  const tags = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [, commit, tag] = /^([0-9a-f]{40})\trefs\/tags\/(.+?)(?:\^\{\})?$/.exec(line) ?? [];
    // What a tag stands for follows the tag itself.
    if (commit !== undefined && tag !== undefined) tags.set(tag, commit);
  }
  return tags;
}
