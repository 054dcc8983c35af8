import { type ConfigIssue, didYouMean } from "@pibuild/core";
import type { z } from "zod";
import { isReservedName } from "./reserved-names.ts";
import { imageSchema, inputSchema } from "./schema.ts";
import { isSettingName, secretNames, settingNames, settings } from "./settings.ts";
import type { IssueWords, SourceText } from "./source-text.ts";
import type { YamlFile, YamlPath } from "./yaml-file.ts";

type SchemaIssue = z.core.$ZodIssue;

/** What a schema found, in words and with the place in the file; `unknown` words keys of another than image.yaml. */
export function schemaIssues(
  found: readonly SchemaIssue[],
  yaml: YamlFile,
  source: SourceText,
  unknown: (path: YamlPath) => IssueWords = unknownKey,
): ConfigIssue[] {
  const seen = new Set<string>();
  return found.flatMap((issue) => {
    // A value that breaks two checks at once is one problem to its author.
    const place = issue.code === "unrecognized_keys" ? `${issue.path} *` : String(issue.path);
    if (seen.has(place)) return [];
    seen.add(place);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return source.issue(unknown(path), yaml.keyRange(path));
      });
    }
    if (issue.code === "invalid_key") {
      const key = `\`${String(issue.path.at(-1))}\``;
      const message =
        issue.path[0] === "inputs"
          ? `${key} is no name of an input: use a-z, 0-9 and \`_\``
          : `${key} is no name of a variable: use A-Z, 0-9 and \`_\``;
      return [source.issue({ message }, yaml.keyRange(issue.path))];
    }
    const value = valueAt(yaml.data, issue.path);
    if (value === undefined) {
      const parent = issue.path.length > 1 ? yaml.keyRange(issue.path.slice(0, -1)) : undefined;
      return [source.issue({ message: missing(issue) }, parent)];
    }
    const message = `expected ${issue.message}, found ${show(value, issue.path)}`;
    return [source.issue({ message }, yaml.valueRange(issue.path))];
  });
}

function missing({ path, message }: SchemaIssue): string {
  // The only optional key whose default can be wrong: it is the directory's name.
  return path[0] === "name"
    ? `the directory's name cannot name an image; add \`name:\`, ${message}`
    : `\`${path.join(".")}\` is missing: it takes ${message}`;
}

function unknownKey(path: YamlPath): IssueWords {
  const key = String(path.at(-1));
  const section = path.slice(0, -1).join(".");
  if (section === "settings") return unknownSetting(key);
  const known = section === "" ? Object.keys(imageSchema.shape) : keysOf(section);
  const near = didYouMean(key, known);
  return {
    message: `unknown key \`${key}\`${section === "" ? "" : ` in \`${section}\``}`,
    hint: near === undefined ? `known keys: ${known.join(", ")}` : `did you mean \`${near}\`?`,
  };
}

function unknownSetting(name: string): IssueWords {
  if (isSettingName(name)) {
    const key = settings[name].derivedFrom;
    return { message: `\`${name}\` follows from \`${key}:\`; set that instead` };
  }
  if (isReservedName(name)) return { message: `\`${name}\` is set by pibuild itself` };
  const near = didYouMean(name, settingNames);
  return {
    message: `unknown setting \`${name}\``,
    hint:
      near === undefined
        ? "variables for the scripts of your own stages go below `env:`"
        : `did you mean \`${near}\`?`,
  };
}

function keysOf(section: string): string[] {
  if (section.startsWith("inputs.")) return Object.keys(inputSchema.shape);
  const schema = { disk: imageSchema.shape.disk, compression: imageSchema.shape.compression };
  return Object.keys(schema[section as keyof typeof schema].unwrap().shape);
}

function show(value: unknown, path: YamlPath): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a map";
  if (secretNames.some((name) => path.includes(name))) return "something else";
  if (typeof value === "boolean") return String(value);
  return typeof value === "number" ? `the number ${value}` : `text \`${String(value)}\``;
}

function valueAt(data: unknown, path: YamlPath): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
