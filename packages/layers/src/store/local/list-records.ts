import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseRecord } from "../parse-record.ts";
import type { LayerRecord } from "../record.ts";
import { layout } from "./layout.ts";

/** All records of a local store that can be read, by fingerprint. Whether their layers are there, `find` says. */
export async function* listRecords(directory: string): AsyncGenerator<LayerRecord> {
  const { records } = layout(directory);
  for (const digits of (await readdir(records).catch((): string[] => [])).sort()) {
    const names = await readdir(join(records, digits)).catch((): string[] => []);
    for (const name of names.filter((each) => each.endsWith(".json")).sort()) {
      const text = await readFile(join(records, digits, name), "utf8").catch(() => "");
      const record = parseRecord(text);
      if (record !== undefined && `${record.fingerprint}.json` === name) yield record;
    }
  }
}
