import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { JsonSchema } from "./json-schema.ts";

/** One thing that a schema has against a value. */
export interface Problem {
  readonly keyword: string;
  /** Keys and indexes that lead to the value. */
  readonly path: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly value: unknown;
  /** In words that follow `it`, such as `must be >= 0`. */
  readonly message: string;
  /** The part of the schema that the keyword stands in. */
  readonly schema: JsonSchema;
  /** For a value that is none of several: what each of them has against it. */
  readonly alternatives: readonly (readonly Problem[])[];
}

/** What a schema has against data; of alternatives, what that one has which was meant. */
export function findProblems(schema: JsonSchema, data: unknown): readonly Problem[] {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    // cloud-init's schema has keywords of its own, and what it leaves open it means.
    strict: false,
    validateSchema: false,
    // What is compiled runs once.
    code: { optimize: false },
    // Only this one is looked at in Debian: the others need Python's packages that cloud-init does not.
    formats: { date: /^\d{4}-\d\d-\d\d$/, uri: true, hostname: true },
  });
  return problemsOf(ajv, { schema, $defs: schema.$defs }, data);
}

interface Part extends Pick<JsonSchema, "$defs"> {
  readonly schema: JsonSchema;
}

function problemsOf(ajv: Ajv, { schema, $defs }: Part, data: unknown): readonly Problem[] {
  const validate: ValidateFunction = ajv.compile({ ...schema, $defs });
  if (validate(data)) return [];
  const errors = validate.errors ?? [];
  const unions = errors.filter(isUnion);
  // What the alternatives have against it stands before the union itself, that of inner ones first.
  const outer = unions.filter(
    (union, index) =>
      !unions.some(
        (other, at) =>
          isWithin(union, other) && (at > index || other.instancePath !== union.instancePath),
      ),
  );
  const problems = errors.flatMap((error) => {
    if (outer.includes(error)) return chosen(ajv, $defs, error);
    return outer.some((union) => isWithin(error, union)) ? [] : [problemOf(error)];
  });
  // Two modules may read the same key, and a value may break two rules at once.
  const places = problems.map(({ path, params }) =>
    JSON.stringify([path, params.additionalProperty, params.missingProperty]),
  );
  return problems.filter((_, index) => places.indexOf(places[index] ?? "") === index);
}

/** A value that is none of several; one that is more than one of them has nothing to choose from. */
function isUnion({ keyword, params }: ErrorObject): boolean {
  return keyword === "anyOf" || (keyword === "oneOf" && params.passingSchemas === null);
}

function isWithin({ instancePath }: ErrorObject, other: ErrorObject): boolean {
  return `${instancePath}/`.startsWith(`${other.instancePath}/`);
}

/** Of the alternatives for a value, the problems of the one that it was meant to be. */
function chosen(ajv: Ajv, $defs: JsonSchema["$defs"], error: ErrorObject): readonly Problem[] {
  const union = problemOf(error);
  const alternatives = (error.schema as readonly JsonSchema[]).map((schema) =>
    problemsOf(ajv, { schema, $defs }, error.data),
  );
  const meant = alternatives
    .filter((problems) => problems.every(isInside))
    .sort((a, b) => a.length - b.length)[0];
  if (meant === undefined) return [{ ...union, alternatives }];
  return meant.map((problem) => ({ ...problem, path: [...union.path, ...problem.path] }));
}

/** Whether the value itself is of the right kind: what is wrong are its keys, or what they lead to. */
function isInside({ keyword, path, alternatives }: Problem): boolean {
  const ofKeys = ["additionalProperties", "required", "oneOf"].includes(keyword);
  return path.length > 0 || (ofKeys && alternatives.length === 0);
}

function problemOf(error: ErrorObject): Problem {
  return {
    keyword: error.keyword,
    path: error.instancePath.split("/").slice(1).map(unescaped),
    params: error.params,
    value: error.data,
    message: error.message ?? "is not what the schema has",
    schema: error.parentSchema ?? {},
    alternatives: [],
  };
}

/** A step of a JSON pointer, RFC 6901. */
function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
