import type { Comparison, Difference, Volatile } from "./compare-trees.ts";

/** Differences that are shown one by one; the rest is counted. */
const shown = 50;

/** A comparison as a person reads it. */
export function describeComparison(
  { names, differences, allowed }: Comparison,
  allowances: readonly Volatile[],
): string {
  const lines = [`${names} names compared: type, mode, owner, attributes, links, content`];
  for (const { pattern, why } of allowances) {
    const paths = new Set(allowed.map(({ path }) => path).filter((path) => pattern.test(path)));
    const [first] = paths;
    if (first !== undefined) lines.push(`  ${paths.size} may differ (${why}), as ${first}`);
  }
  if (differences.length === 0) return [...lines, "equal"].join("\n");
  lines.push(`${differences.length} differences:`);
  lines.push(...differences.slice(0, shown).map(describeDifference));
  if (differences.length > shown) lines.push(`  and ${differences.length - shown} more`);
  return lines.join("\n");
}

function describeDifference({ path, aspect, left, right }: Difference): string {
  const cut = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}...` : text || "none");
  return `  ${path}: ${aspect}: layered ${cut(left)}, build.sh ${cut(right)}`;
}
