import type { ConfigIssue } from "@pibuild/core";
import type { Release } from "../release.ts";
import type { SourceText } from "../source-text.ts";
import { parseYaml } from "../yaml-file.ts";
import { cloudConfigSchema } from "./cloud-config-schema.ts";
import { noMapIssue } from "./no-map.ts";
import { problemWords, unknownKeyOf } from "./problem-words.ts";
import { pyyaml } from "./pyyaml.ts";

/** What is wrong with a `#cloud-config`: that it is no YAML, or breaks cloud-init's schema. */
export async function cloudConfigIssues(
  source: SourceText,
  release: Release,
): Promise<readonly ConfigIssue[]> {
  const yaml = parseYaml(source, [], pyyaml);
  if (yaml.issues.length > 0) return yaml.issues;
  const none = noMapIssue(yaml.data, source);
  if (none !== undefined) return [none];
  const schema = await cloudConfigSchema(release, Object.keys(yaml.data as object));
  // With ajv, for which images without user-data need not wait.
  const { findProblems } = await import("./find-problems.ts");
  const problems = findProblems(schema, yaml.data);
  const issues = problems.map((problem) => {
    const key = unknownKeyOf(problem);
    const range =
      key === undefined ? yaml.valueRange(problem.path) : yaml.keyRange([...problem.path, key]);
    return source.issue(problemWords(problem), range);
  });
  // What stands once may be read at many places: an anchor's value, say.
  const unique = new Map(issues.map((issue) => [JSON.stringify(issue), issue]));
  return [...unique.values()].sort((a, b) => (a.at.line ?? 0) - (b.at.line ?? 0));
}
