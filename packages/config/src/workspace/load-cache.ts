import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type ConfigIssue, didYouMean, PibuildError } from "@pibuild/core";
import type { z } from "zod";
import { type Environment, environmentIssue } from "../environment/environment.ts";
import { schemaIssues } from "../schema-issues.ts";
import { type IssueWords, sourceText } from "../source-text.ts";
import { isDataMap, mapOf, parseYaml, type YamlPath } from "../yaml-file.ts";
import { type CacheKey, cacheKeys, cacheVariable, workspaceSchema } from "./cache-keys.ts";

/** The file of a workspace that is about no image. It need not be there. */
export const workspaceFileName = "pibuild.yaml";

/** A remote cache as a workspace and the environment ask for it. */
export interface CacheConfig {
  readonly place:
    | { readonly kind: "registry"; readonly address: string }
    | { readonly kind: "directory"; readonly path: string };
  readonly read: boolean;
  readonly write: boolean;
  readonly scope: string;
  readonly protected: string;
  /** The private key: its text, or the file that has it; and where that was said. */
  readonly sign:
    | { readonly text: string; readonly place: string }
    | { readonly file: string; readonly place: string }
    | undefined;
  readonly trust: readonly { readonly key: string; readonly scopes?: readonly string[] }[];
  readonly timeoutMs: number;
  /** What no log may hold. */
  readonly secrets: readonly string[];
}

/**
 * The cache that a workspace uses; undefined: none. Each key may come from the environment, which wins.
 * Throws CONFIG_INVALID with all that is wrong.
 */
export async function loadCacheConfig(
  workspace: string,
  env: Environment,
): Promise<CacheConfig | undefined> {
  const file = join(workspace, workspaceFileName);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return "";
  });
  const source = sourceText(workspaceFileName, text);
  const yaml = parseYaml(source, []);
  const checked = workspaceSchema.safeParse(
    isDataMap(yaml.data ?? {}) ? (yaml.data ?? {}) : yaml.data,
  );
  const found = checked.success ? [] : checked.error.issues;
  const issues = [...yaml.issues, ...schemaIssues(found, yaml, source, unknownKey)];
  const written = mapOf(mapOf(yaml.data).cache);
  const said = fromEnvironment(env, issues);
  const values = { ...(checked.success ? checked.data.cache : {}), ...said };
  if (said.registry !== undefined && said.directory === undefined) delete values.directory;
  if (said.directory !== undefined && said.registry === undefined) delete values.registry;
  if (values.registry !== undefined && values.directory !== undefined) {
    const message = "a cache is in a registry or in a directory, not in both";
    const key = yaml.keyRange(["cache", "directory"]);
    issues.push(
      written.directory === undefined
        ? environmentIssue(cacheVariable("directory"), { message })
        : source.issue({ message }, key),
    );
  }
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
  return assemble(workspace, values, env);
}

type Values = Partial<NonNullable<z.output<typeof workspaceSchema>["cache"]>>;

function assemble(workspace: string, values: Values, env: Environment): CacheConfig | undefined {
  const { registry, directory, read = true, write = false, timeout = 30_000 } = values;
  const { protected: guarded = "main", scope = guarded, trust = [], sign } = values;
  if (registry === undefined && directory === undefined) return undefined;
  const { PIBUILD_CACHE_SIGN_KEY: text = "", PIBUILD_CACHE_TOKEN: token = "" } = env;
  return {
    place:
      registry === undefined
        ? { kind: "directory", path: resolve(workspace, directory ?? "") }
        : { kind: "registry", address: registry },
    ...{ read, write, scope, protected: guarded, timeoutMs: timeout },
    trust: trust.map((each) => (typeof each === "string" ? { key: each } : each)),
    sign:
      text !== ""
        ? { text, place: "PIBUILD_CACHE_SIGN_KEY" }
        : sign === undefined
          ? undefined
          : { file: resolve(workspace, sign), place: `\`${sign}\`` },
    secrets: [text, token].filter((secret) => secret !== ""),
  };
}

/** What variables say; what is wrong with one goes to the issues, without its value where that is no word. */
function fromEnvironment(env: Environment, issues: ConfigIssue[]): Values {
  const values: Record<string, unknown> = {};
  for (const [key, { schema, fromText }] of Object.entries(cacheKeys)) {
    const variable = cacheVariable(key);
    const text = env[variable] ?? "";
    if (text === "") continue;
    const checked = schema.safeParse(fromText(text));
    if (checked.success) values[key] = checked.data;
    else {
      const message = `expected ${checked.error.issues[0]?.message}, found \`${text}\``;
      issues.push(environmentIssue(variable, { message }));
    }
  }
  return values as Values;
}

function unknownKey(path: YamlPath): IssueWords {
  const key = String(path.at(-1));
  const section = path.slice(0, -1).join(".");
  const known = (
    { "": Object.keys(workspaceSchema.shape), cache: Object.keys(cacheKeys) } as Record<
      string,
      string[]
    >
  )[section] ?? ["key", "scopes"];
  const near = didYouMean(key, known);
  return {
    message: `unknown key \`${key}\`${section === "" ? "" : ` in \`${section}\``}`,
    hint: near === undefined ? `known keys: ${known.join(", ")}` : `did you mean \`${near}\`?`,
  };
}

/** The variables that a build with this cache needs, wherever it runs. */
export const cacheVariables: readonly string[] = [
  ...(Object.keys(cacheKeys) as CacheKey[]).map(cacheVariable),
  ...["PIBUILD_CACHE_SIGN_KEY", "PIBUILD_CACHE_TOKEN", "PIBUILD_CACHE_USER"],
  ...["GITHUB_TOKEN", "GITHUB_ACTOR"],
];
