import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Sha256 } from "@pibuild/core";

/** What lies beside the state in which a step failed: whose it is, and over which layers. */
export interface FailedNote {
  readonly step: string;
  /** Bottom first. They are named, as a shell need not have the variables that the build had. */
  readonly layers: readonly Sha256[];
}

const name = "step.json";

export async function writeFailedNote(directory: string, note: FailedNote): Promise<void> {
  await writeFile(join(directory, name), canonicalJson(note));
}

/** Undefined where nothing failed. A damaged note, or one of an older form, is as good as none. */
export async function readFailedNote(directory: string): Promise<FailedNote | undefined> {
  const text = await readFile(join(directory, name), "utf8").catch(() => "null");
  try {
    const note = JSON.parse(text) as Partial<FailedNote> | null;
    const { step, layers } = note ?? {};
    return typeof step === "string" && Array.isArray(layers) ? { step, layers } : undefined;
  } catch {
    return undefined;
  }
}
