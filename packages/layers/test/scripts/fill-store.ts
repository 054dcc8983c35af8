import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openStore } from "../../src/index.ts";
import { entryFor } from "../store-entry.ts";

/** Adds layers to a store until it is killed; prints a line for each that it has added. */
const [directory = "", from = "0"] = process.argv.slice(2);
const store = openStore(join(directory, "a store"));
for (let number = Number(from); ; number++) {
  const file = join(directory, `layer-${number}`);
  await writeFile(file, Buffer.alloc(200_000, number));
  await store.put(file, entryFor(number));
  process.stdout.write(`${number}\n`);
}
