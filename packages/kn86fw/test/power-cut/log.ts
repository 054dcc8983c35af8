import type { Floor } from "../../src/device/device-facts.ts";
import type { Slot } from "../../src/format/manifest.ts";
import type { Range } from "./disk.ts";

/** What an applier did, in its order. Offsets are those of the disk. */
export type Operation =
  | { readonly kind: "write"; readonly offset: number; readonly bytes: Buffer }
  /** All writes before it are on the medium: those within the range, where there is one. */
  | { readonly kind: "flush"; readonly range?: Range }
  /** Changes of what a device remembers. They are on the medium at once, or were not made. */
  | { readonly kind: "pending"; readonly slot: Slot | undefined }
  | { readonly kind: "floor"; readonly floor: Floor }
  /** The firmware was asked to try the other slot. */
  | { readonly kind: "tryboot" };

/**
 * A log that another applier left, as lines:
 * `write OFFSET LENGTH BASE64`, `flush`, `flush OFFSET LENGTH`, `pending a|b|none`,
 * `floor EPOCH VERSION`, `tryboot`. Throws with the number of a line that is none of them.
 */
export function parseLog(text: string): Operation[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => {
      const operation = parseLine(line.split(" "));
      if (operation === undefined) throw new Error(`line ${index + 1} of the log: ${line}`);
      return operation;
    });
}

function parseLine([kind, ...rest]: string[]): Operation | undefined {
  const [first = "", second = "", third = ""] = rest;
  switch (kind) {
    case "write": {
      const bytes = Buffer.from(third, "base64");
      return bytes.length === Number(second) ? { kind, offset: Number(first), bytes } : undefined;
    }
    case "flush":
      if (rest.length === 0) return { kind };
      return { kind, range: { offset: Number(first), size: Number(second) } };
    case "pending":
      return /^(a|b|none)$/.test(first)
        ? { kind, slot: first === "none" ? undefined : (first as Slot) }
        : undefined;
    case "floor":
      return { kind, floor: { securityEpoch: Number(first), version: second } };
    case "tryboot":
      return { kind };
    default:
      return undefined;
  }
}

/** The lines that `parseLog` reads. */
export function formatLog(log: readonly Operation[]): string {
  return log.map((operation) => `${formatOperation(operation)}\n`).join("");
}

function formatOperation(operation: Operation): string {
  switch (operation.kind) {
    case "write": {
      const { offset, bytes } = operation;
      return `write ${offset} ${bytes.length} ${bytes.toString("base64")}`;
    }
    case "flush": {
      const { range } = operation;
      return range === undefined ? "flush" : `flush ${range.offset} ${range.size}`;
    }
    case "pending":
      return `pending ${operation.slot ?? "none"}`;
    case "floor":
      return `floor ${operation.floor.securityEpoch} ${operation.floor.version}`;
    case "tryboot":
      return "tryboot";
  }
}
