import type { ConfigIssue } from "@pibuild/core";
import { z } from "zod";
import type { Release } from "./release.ts";
import type { SourceText } from "./source-text.ts";

/** One setting: the single place that says what it is. Schema, default and docs derive from it. */
export interface SettingRow {
  readonly description: string;
  /** A `file` is written as a path; what scripts get as the setting's value is the file's text. */
  readonly kind: "string" | "flag" | "enum" | "file";
  /** The value where nobody sets it. Empty stands for pi-gen's "unset". */
  readonly default: string;
  /** The values of an enum. */
  readonly values?: readonly string[];
  /** What a string has to look like, besides being one line; empty is allowed where it is default. */
  readonly validate?: { readonly pattern: RegExp; readonly expected: string };
  /** Finds what is wrong in the text of a `file` for a release, besides what is wrong with every file. */
  readonly check?: (
    source: SourceText,
    release: Release,
  ) => readonly ConfigIssue[] | Promise<readonly ConfigIssue[]>;
  /** Its value must never reach a log. A file may hold it: `<name>_FILE` in the environment. */
  readonly secret?: boolean;
  /** It holds addresses: what a login in one says is used to fetch, and is no part of the value. */
  readonly address?: boolean;
  /** Where in the image a secret stands as it is, for anyone who has the image. */
  readonly readableAt?: string;
  /** A variable of this name in pibuild's own environment overrides the file. */
  readonly environment?: boolean;
  /** The key of image.yaml that decides it, for a setting that cannot be set by itself. */
  readonly derivedFrom?: string;
  /** Only pi-gen's own build.sh reads it; the layered runner does not. */
  readonly upstreamOnly?: boolean;
}

const oneLine = { pattern: /^[^\0\r\n]*$/, expected: "text on one line" };

/** Words for what a setting accepts, as in "expected ...". */
export function expectedValue(row: SettingRow): string {
  if (row.kind === "flag") return "1 or 0";
  if (row.kind === "file") return "the path of a file";
  if (row.kind === "enum") return `one of ${(row.values ?? []).join(", ")}`;
  return (row.validate ?? oneLine).expected;
}

/** The schema of a setting's value as it is written in image.yaml. */
export function valueSchema(row: SettingRow) {
  return z
    .union(alternatives(row), { error: expectedValue(row) })
    .describe(row.default === "" ? row.description : `${row.description} Default: ${row.default}`);
}

function alternatives(row: SettingRow) {
  if (row.kind === "flag")
    return [
      z.boolean(),
      z.literal([0, 1]),
      z.enum(["0", "1"], { error: expectedValue(row) }),
    ] as const;
  if (row.kind === "enum")
    return [z.enum(row.values ?? [], { error: expectedValue(row) })] as const;
  // Zod reports the only alternative that fits by type instead of the union: it needs the words, too.
  const text = z.string().regex((row.validate ?? oneLine).pattern, { error: expectedValue(row) });
  return row.validate !== undefined && row.default === ""
    ? ([text, z.literal(""), z.number()] as const)
    : ([text, z.number()] as const);
}

/** The text that a stage script sees for a value: flags are `1` and `0`. */
export function settingText(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return String(value);
}
