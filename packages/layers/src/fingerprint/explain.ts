import type { FieldChange } from "@pibuild/core";
import type { FingerprintData, InputEntry } from "./fingerprint.ts";

/** Every field that changed from `before` to `after`, in a stable order. */
export function explainChange(before: FingerprintData, after: FingerprintData): FieldChange[] {
  return [
    ...changedFiles(before.files, after.files),
    ...changedKeys("settings", before.settings, after.settings),
    ...changedKeys("tools", before.tools, after.tools),
    ...changedScalars(before, after),
  ];
}

function changedFiles(before: readonly InputEntry[], after: readonly InputEntry[]): FieldChange[] {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const current = new Map(after.map((entry) => [entry.path, entry]));
  return [...new Set([...old.keys(), ...current.keys()])].sort().flatMap((path) => {
    const a = old.get(path);
    const b = current.get(path);
    if (a === undefined || b === undefined) {
      return [{ field: `files/${path}`, before: a && summary(a), after: b && summary(b) }];
    }
    const changes: FieldChange[] = [];
    if (a.mode !== b.mode) {
      changes.push({ field: `files/${path} (mode)`, before: a.mode, after: b.mode });
    }
    if (a.type !== b.type || a.content !== b.content) {
      changes.push({ field: `files/${path}`, before: summary(a), after: summary(b) });
    }
    return changes;
  });
}

function changedKeys(
  group: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((key) => before[key] !== after[key])
    .map((key) => ({ field: `${group}/${key}`, before: before[key], after: after[key] }));
}

const scalars = [
  "format",
  "parent",
  "step",
  "arch",
  "release",
  "sourceDateEpoch",
  "scripts",
  "normalisation",
  "lock",
  "mounted",
  "network",
] as const satisfies readonly (keyof FingerprintData)[];

function changedScalars(before: FingerprintData, after: FingerprintData): FieldChange[] {
  return scalars
    .filter((key) => before[key] !== after[key])
    .map((key) => ({ field: key, before: shown(before[key]), after: shown(after[key]) }));
}

function summary(entry: InputEntry): string {
  if (entry.type === "symlink") return `-> ${entry.content}`;
  return entry.type === "directory" ? "directory" : entry.content.slice(0, 12);
}

function shown(value: FingerprintData[(typeof scalars)[number]]): string | undefined {
  return value === undefined ? undefined : String(value);
}
