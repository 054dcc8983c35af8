import type { ConfigIssue } from "@pibuild/core";
import {
  type Document,
  type DocumentOptions,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
  visit,
  type YAMLMap,
} from "yaml";
import type { Range, SourceText } from "./source-text.ts";

export type YamlPath = readonly PropertyKey[];

/** A YAML text with its data, and with the place of each part of it. */
export interface YamlFile {
  readonly data: unknown;
  readonly issues: readonly ConfigIssue[];
  /** Where the value at a path stands; its nearest parent where there is none. */
  valueRange(path: YamlPath): Range | undefined;
  /** Where the key stands that a path ends in. */
  keyRange(path: YamlPath): Range | undefined;
}

/**
 * Parses YAML. Numbers below the maps named in `verbatim` stay as they are written: `0123` and
 * `1.10` are passwords and versions there, not 123 and 1.1. A `dialect` reads as another program does.
 */
export function parseYaml(
  source: SourceText,
  verbatim: readonly string[],
  dialect: ParseOptions & DocumentOptions & SchemaOptions = {},
): YamlFile {
  const document = parseDocument(source.text, {
    ...dialect,
    prettyErrors: false,
    logLevel: "error",
  });
  const issues = [...syntaxIssues(document, source), ...aliasIssues(document, source)];
  for (const name of verbatim) {
    const map = document.get(name, true);
    if (isMap(map)) visit(map, { Scalar: (_key, scalar) => keepAsWritten(scalar) });
  }
  const data = issues.length > 0 ? undefined : dataOf(document, source, issues);
  const find = (path: YamlPath) => walk(document, path);
  return {
    data,
    issues,
    valueRange(path) {
      const found = find(path);
      return rangeOf(found.value) ?? rangeOf(found.key);
    },
    keyRange: (path) => rangeOf(find(path).key) ?? rangeOf(find(path).value),
  };
}

/** Aliases without end, and a `<<` of what is no map, are only noticed now. */
function dataOf(document: Document.Parsed, source: SourceText, issues: ConfigIssue[]): unknown {
  try {
    return document.toJS();
  } catch (error) {
    issues.push(source.issue({ message: (error as Error).message }));
    return undefined;
  }
}

function syntaxIssues(document: Document.Parsed, source: SourceText): ConfigIssue[] {
  return document.errors.map(({ code, message, pos: [start, end] }) => {
    if (code !== "DUPLICATE_KEY") return source.issue({ message }, { start, end });
    const key = /^[^\s:]+/.exec(source.text.slice(start))?.[0] ?? "";
    return source.issue(
      { message: `\`${key}\` is here twice; keep one of them` },
      { start, end: start + key.length },
    );
  });
}

/** `toJS` would throw at an alias of nothing, without a place. */
function aliasIssues(document: Document.Parsed, source: SourceText): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      issues.push(
        source.issue({ message: `there is no anchor \`&${alias.source}\`` }, rangeOf(alias)),
      );
    },
  });
  return issues;
}

function keepAsWritten(scalar: { value: unknown; source?: string }): void {
  if (typeof scalar.value === "number" && scalar.source !== undefined) scalar.value = scalar.source;
}

function walk(document: Document.Parsed, path: YamlPath): { key?: unknown; value?: unknown } {
  let key: unknown;
  let value: unknown = document.contents;
  for (const part of path) {
    if (isAlias(value)) value = value.resolve(document);
    if (isMap(value)) {
      const pair = pairOf(document, value, String(part));
      if (pair === undefined) return { key };
      ({ key, value } = pair);
    } else if (isSeq(value)) {
      value = value.items[Number(part)];
      key = undefined;
    } else {
      return { key, value };
    }
  }
  return { key, value };
}

/** The pair of a key, which may come from a map that another is merged with by `<<`. */
function pairOf(document: Document.Parsed, map: YAMLMap, name: string): Pair | undefined {
  const own = map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
  if (own !== undefined) return own;
  const resolved = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  for (const { key, value } of map.items) {
    if (!isScalar(key) || key.source !== "<<") continue;
    const merged = resolved(value);
    for (const each of isSeq(merged) ? merged.items.map(resolved) : [merged]) {
      const found = isMap(each) ? pairOf(document, each, name) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function rangeOf(node: unknown): Range | undefined {
  const range = isNode(node) ? (node as Node).range : undefined;
  return range == null ? undefined : { start: range[0], end: range[1] };
}

export function isDataMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as a map; empty where it is none, which the schema reports. */
export function mapOf(value: unknown): Record<string, unknown> {
  return isDataMap(value) ? value : {};
}
