import { openStore } from "../../src/index.ts";
import { entryFor } from "../store-entry.ts";

/** Puts one layer into a store. */
const [directory = "", file = ""] = process.argv.slice(2);
await openStore(directory).put(file, entryFor(1));
