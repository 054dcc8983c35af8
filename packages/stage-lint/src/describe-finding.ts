import { formatLocation } from "@pibuild/core";
import type { Finding, RuleData, Severity } from "./finding.ts";
import { rules } from "./rules.ts";

/** The code that a finding is shown under, and allowed by. */
export function codeOf({ code, data }: Pick<Finding, "code" | "data">): string {
  return code === "SHELLCHECK" ? `SC${(data as RuleData["SHELLCHECK"]).number}` : code;
}

export function severityOf({ code, data }: Finding): Severity {
  return code === "SHELLCHECK" ? data.level : rules[code].severity;
}

/** What is wrong, and what to do about it. */
export function messageOf({ code, data }: Finding): string {
  const { message, todo } = rules[code];
  // The row of a code takes the data of that code, which the type of the table promises.
  const text = (message as (data: unknown) => string)(data);
  return todo === "" ? text : `${text}; ${todo}`;
}

/** How many further lines are written out; of more than that, the number is. */
const mostLines = 5;

/**
 * A finding as compilers and editors write it: `path:line:col: severity: message (code)`.
 * @param lines where else in the file the same is found.
 */
export function formatFinding(
  finding: Finding,
  shownAs: string,
  lines: readonly number[] = [],
): string {
  const { line, column } = finding;
  const place = formatLocation({
    file: shownAs,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  });
  const shown = lines.slice(0, mostLines).join(", ");
  const rest = lines.length > mostLines ? ` and ${lines.length - mostLines} more` : "";
  const also = lines.length === 0 ? "" : `, also on line ${shown}${rest}`;
  return `${place}: ${severityOf(finding)}: ${messageOf(finding)} (${codeOf(finding)})${also}`;
}
