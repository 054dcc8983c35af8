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

/**
 * Seconds of each build, and how often the yardstick's are those of the layered ones. `twin` is how
 * many of `layered` went into the twin, which is made once a machine and release.
 */
export function describeTimes(seconds: Readonly<Record<string, number>>): string {
  const { layered = 0, changed = 0, twin = 0, ...others } = seconds;
  const rows = Object.entries(others).map(([name, other]) => {
    const row = (what: string, own: number) =>
      `${what}: layered ${own.toFixed(1)} s, ${name} ${other.toFixed(1)} s, ${(other / own).toFixed(1)} times`;
    const cold = [row("cold", layered), ...(twin > 0 ? [row("with a twin", layered - twin)] : [])];
    return [...cold, ...(changed > 0 ? [row("last step changed", changed)] : [])].join("\n");
  });
  return rows.join("\n");
}
