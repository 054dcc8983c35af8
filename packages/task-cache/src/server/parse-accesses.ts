import { type ConfigIssue, isScopeName, PibuildError } from "@pibuild/core";
import type { Access } from "./access.ts";

/** Bytes of a token that nobody guesses: 128 bits, as hexadecimal digits. */
const shortest = 32;

/**
 * The accesses of a file: a list of JSON, each with `token`, `read` (scopes) and perhaps `write` (one).
 * Throws CONFIG_INVALID with all that is wrong, and says no token.
 */
export function parseAccesses(text: string, file: string): readonly Access[] {
  const list = parse(text);
  const problems = Array.isArray(list) && list.length > 0 ? list.flatMap(problemsOf) : [noList];
  if (problems.length === 0) return list as readonly Access[];
  const issues: ConfigIssue[] = problems.map((message) => ({ message, at: { file } }));
  throw new PibuildError("CONFIG_INVALID", { issues });
}

const noList = 'it has to be a list such as [{ "token": "…", "read": ["main"], "write": "main" }]';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemsOf(entry: unknown, index: number): string[] {
  const { token, read, write, ...rest } = (entry ?? {}) as Record<string, unknown>;
  const which = `entry ${index + 1}`;
  const isToken = typeof token === "string" && token.length >= shortest && /^\S+$/.test(token);
  const scopes = Array.isArray(read) ? read : [];
  return [
    ...(isToken ? [] : [`${which}: \`token\` has at least ${shortest} characters and no space`]),
    ...(scopes.length > 0 && scopes.every(isName)
      ? []
      : [`${which}: \`read\` is a list of scopes`]),
    ...(write === undefined || isName(write) ? [] : [`${which}: \`write\` is the name of a scope`]),
    ...Object.keys(rest).map((key) => `${which}: \`${key}\` is not known`),
  ];
}

function isName(value: unknown): boolean {
  return typeof value === "string" && isScopeName(value);
}
