import type { SourceText } from "@pibuild/config";
import type { ConfigIssue } from "@pibuild/core";
import { isMap, isScalar, isSeq, type Node, parseDocument, type Scalar } from "yaml";
import { valueHint } from "../config/expand.ts";
import type { ConfigReading, Variable } from "../config/variables.ts";
import { actionDefaults, actionInputs, actionWork } from "./inputs.ts";

/** What a step with usimd/pi-gen-action says. */
export interface ActionReading extends ConfigReading {
  /** Branch or tag of pi-gen. */
  readonly version: { readonly text: string; readonly at: ConfigIssue };
  /** Whether only the last stage becomes an image. */
  readonly lastOnly: boolean;
  readonly notes: readonly ConfigIssue[];
}

const action = /^usimd\/pi-gen-action(?:@|$)/;

/**
 * The inputs of the first step of a workflow that uses usimd/pi-gen-action, as variables of the `config`
 * that it would write. Undefined for a workflow without one. An expression is an unknown value, but for
 * the workspace's own directory.
 */
export function readWorkflow(
  source: SourceText,
  given: Readonly<Record<string, string>>,
): ActionReading | undefined {
  const document = parseDocument(source.text, { prettyErrors: false, logLevel: "error" });
  const step = findStep(document.contents);
  if (step === undefined) return undefined;
  const at = (node: unknown) => source.issue({ message: "" }, rangeOf(node) ?? rangeOf(step));
  const inputs = isMap(step) ? step.get("with", true) : undefined;
  const variables = new Map<string, Variable>();
  const notes: ConfigIssue[] = [];
  let [version, lastOnly] = [{ text: "arm64", at: at(step) }, true];
  const set = (name: string, text: string, place: ConfigIssue) => {
    const expression = /\$\{\{[^}]*\}\}/.exec(text)?.[0];
    const message = `\`${expression}\` is known to GitHub alone`;
    const isGiven = Object.hasOwn(given, name);
    const unknown = { ...place, message, hint: valueHint(name) };
    const value =
      expression !== undefined && !isGiven ? { unknown } : { text: given[name] ?? text };
    variables.set(name, { name, value, exported: false, at: place });
  };
  for (const [name, text] of Object.entries({ ...actionDefaults, ...given })) {
    set(name, text, at(step));
  }
  for (const pair of isMap(inputs) ? inputs.items : []) {
    const key = isScalar(pair.key) ? String(pair.key.value) : "";
    const place = at(pair.key);
    const text = isScalar(pair.value) ? textOf(pair.value as Scalar) : "";
    const [variable, work] = [actionInputs[key], actionWork[key]];
    if (variable !== undefined) set(variable, text.replace(workspace, ""), place);
    else if (key === "pi-gen-version") version = { text, at: place };
    else if (key === "export-last-stage-only") lastOnly = text !== "false";
    else if (work !== undefined) {
      if (!/^(?:|false)$/.test(text))
        notes.push({ ...place, message: `\`${key}\` is left out: ${work}` });
    } else {
      const message = `\`${key}\` is left out: usimd/pi-gen-action has no such input`;
      notes.push({ ...place, message });
    }
  }
  return { variables, used: new Set(), issues: [], version, lastOnly, notes };
}

/** The checkout that the workflow runs in, which is the project. */
const workspace = /\$\{\{\s*github\.workspace\s*\}\}\//g;

/** As GitHub hands a value to an action: `0123` stays what it is. */
function textOf({ value, source, type }: Scalar): string {
  return type === "PLAIN" && source !== undefined ? source : String(value ?? "");
}

function findStep(node: unknown): Node | undefined {
  if (isSeq(node)) return firstOf(node.items);
  if (!isMap(node)) return undefined;
  const uses = node.get("uses");
  if (typeof uses === "string" && action.test(uses)) return node;
  return firstOf(node.items.map(({ value }) => value));
}

function firstOf(nodes: readonly unknown[]): Node | undefined {
  for (const node of nodes) {
    const found = findStep(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

function rangeOf(node: unknown): { start: number; end: number } | undefined {
  const range = isMap(node) || isScalar(node) || isSeq(node) ? node.range : undefined;
  return range == null
    ? undefined
    : { start: range[0], end: isMap(node) ? range[0] + 1 : range[1] };
}
