import { type ConfigIssue, didYouMean } from "@pibuild/core";
import type { z } from "zod";
import type { SourceText } from "../source-text.ts";
import { mapOf, parseYaml, type YamlFile, type YamlPath } from "../yaml-file.ts";
import { noMapIssue } from "./no-map.ts";

type SchemaIssue = z.core.$ZodIssue;

export interface SeedSchema {
  readonly schema: z.ZodType;
  /** The keys that a map may have, by the names that lead to it, such as `write_files`. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

/** What is wrong with a YAML text of cloud-init's seed: that it is none, or breaks its schema. */
export function seedIssues(
  source: SourceText,
  { schema, keys }: SeedSchema,
): readonly ConfigIssue[] {
  const yaml = parseYaml(source, []);
  if (yaml.issues.length > 0) return yaml.issues;
  const none = noMapIssue(yaml.data, source);
  if (none !== undefined) return [none];
  const { error } = schema.safeParse(yaml.data);
  return (error?.issues ?? []).flatMap(chosen).flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [wrongValue(issue, yaml, source)];
    return issue.keys.map((key) => unknownKey([...issue.path, key], { yaml, source, keys }));
  });
}

/** Of the alternatives for a value, the problems of the one that it was meant to be. */
function chosen(issue: SchemaIssue): SchemaIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const meant = issue.errors.find((problems) =>
    problems.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys"),
  );
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => chosen({ ...inner, path: [...issue.path, ...inner.path] }));
}

function wrongValue(issue: SchemaIssue, yaml: YamlFile, source: SourceText): ConfigIssue {
  const { path, message } = issue;
  if (valueAt(yaml.data, path) !== undefined) {
    return source.issue({ message: `expected ${message}` }, yaml.valueRange(path));
  }
  const words = { message: `\`${String(path.at(-1))}\` is missing: it takes ${message}` };
  return source.issue(words, yaml.valueRange(path.slice(0, -1)));
}

interface Lookup extends Pick<SeedSchema, "keys"> {
  readonly yaml: YamlFile;
  readonly source: SourceText;
}

function unknownKey(path: YamlPath, { yaml, source, keys }: Lookup): ConfigIssue {
  const key = String(path.at(-1));
  const inside = path.slice(0, -1).filter((part) => typeof part === "string");
  const near = didYouMean(key, keys[inside.join(".")] ?? []);
  const message = `cloud-init knows no key \`${key}\`${inside.length === 0 ? "" : ` in \`${inside.join(".")}\``}`;
  const hint = near && `did you mean \`${near}\`?`;
  return source.issue({ message, hint }, yaml.keyRange(path));
}

function valueAt(data: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (value, part) => (Array.isArray(value) ? value[Number(part)] : mapOf(value)[String(part)]),
    data,
  );
}
