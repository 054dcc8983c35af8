import { count, didYouMean } from "@pibuild/core";
import type { IssueWords } from "../source-text.ts";
import type { Problem } from "./find-problems.ts";
import type { JsonSchema } from "./json-schema.ts";

/** What a problem says. Values are not shown: they may be passwords. */
export function problemWords(problem: Problem): IssueWords {
  const { keyword, path, params, value, schema } = problem;
  if (keyword === "additionalProperties") return unknownKey(problem);
  if (keyword === "required") {
    const key = String(params.missingProperty);
    return { message: `\`${key}\` is missing`, hint: meaning(key, schema.properties?.[key]) };
  }
  const wanted = wantedBy(problem);
  const kind = found(value);
  if (wanted.length === 0) return { message: exclusive(schema.oneOf) ?? `it ${problem.message}` };
  const message = `expected ${listed(wanted)}, found ${kind}`;
  const hint = hintFor(wanted, value, kind) ?? meaning(path.findLast(isKey), schema);
  return { message, hint };
}

function hintFor(wanted: readonly string[], value: unknown, kind: string): string | undefined {
  if (wanted.includes("text") && !wanted.includes("true") && isPlain(value)) {
    return `put it in quotes: cloud-init reads YAML 1.1, to which it is ${kind}`;
  }
  const near =
    typeof value === "string" ? didYouMean(value, wanted.filter(isWord).map(bare)) : undefined;
  if (near !== undefined) return `did you mean \`${near}\`?`;
  const isList = wanted[0]?.startsWith("a list") === true && wanted.length === 1;
  return isList ? "write each entry on a line of its own, after `- `" : undefined;
}

/** Where a value has more than one of the keys that exclude each other. */
function exclusive(alternatives: unknown): string | undefined {
  const keys = (alternatives as readonly { readonly required?: readonly string[] }[] | undefined)
    ?.flatMap(({ required = [] }) => required)
    .map((key) => `\`${key}\``);
  return keys?.length ? `only one of ${keys.join(" and ")} may be here` : undefined;
}

/** What cloud-init says of a key. */
function meaning(key: string | undefined, schema: JsonSchema | undefined): string | undefined {
  const said = sentence(schema?.description);
  return key === undefined || said === undefined ? undefined : `\`${key}\`: ${said}`;
}

/** The key that an unknown one is, for its place in the text. */
export function unknownKeyOf({ keyword, params }: Problem): string | undefined {
  return keyword === "additionalProperties" ? String(params.additionalProperty) : undefined;
}

function unknownKey(problem: Problem): IssueWords {
  const key = unknownKeyOf(problem) ?? "";
  const inside = problem.path.filter(isKey).join(".");
  const known = Object.entries(problem.schema.properties ?? {});
  const current = known.filter(([, { deprecated }]) => deprecated !== true).map(([name]) => name);
  const near = didYouMean(key, current);
  return {
    message: `cloud-init knows no key \`${key}\`${inside === "" ? "" : ` in \`${inside}\``}`,
    hint: near && `did you mean \`${near}\`?`,
  };
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  integer: "a whole number",
  number: "a number",
  null: "nothing",
};

/** What would do instead, each in a word or two. */
function wantedBy({ keyword, params, schema, alternatives }: Problem): readonly string[] {
  const limit = Number(params.limit);
  switch (keyword) {
    case "type":
      return [params.type].flat().flatMap((type) => {
        if (type === "boolean") return ["true", "false"];
        return type === "array" ? listOf(schema) : kindOf(type);
      });
    case "enum":
      return (params.allowedValues as readonly unknown[]).map((value) => `\`${value}\``);
    case "pattern":
      return [`text of the form \`${params.pattern}\``];
    case "format":
      return [`a ${params.format} such as "2032-09-01"`];
    case "minItems":
      return [limit === 1 ? "at least one entry" : `at least ${limit} entries`];
    case "minProperties":
      return [`at least ${count(limit, "key")}`];
    case "oneOf":
    case "anyOf":
      return [...new Set(alternatives.flat().flatMap(wantedBy))];
    default:
      return [];
  }
}

function kindOf(type: unknown): string {
  return kinds[String(type)] ?? String(type);
}

function listOf({ items }: JsonSchema): string {
  if (items?.type === "string") return "a list of texts";
  return items?.type === "object" ? "a list of maps" : "a list";
}

function found(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value instanceof Date) return "a date";
  return kindOf(typeof value);
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean" || value instanceof Date;
}

function isWord(wanted: string): boolean {
  return wanted.startsWith("`");
}

function bare(word: string): string {
  return word.slice(1, -1);
}

function isKey(step: string): boolean {
  return !/^\d+$/.test(step);
}

function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)]
    .filter((part) => part !== "")
    .join(" or ");
}

/** The first sentence of a description in reStructuredText. */
function sentence(description = ""): string | undefined {
  const [first = ""] = description.replace(/^(?:Optional|Required)\.\s*/, "").split(/(?<=\.)\s/);
  return (
    first
      .replaceAll(/``|\*\*/g, "`")
      .replaceAll(/\s+/g, " ")
      .trim() || undefined
  );
}
