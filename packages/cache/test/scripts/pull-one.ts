import type { Sha256 } from "@pibuild/core";
import { openRegistry } from "@pibuild/registry";

/** Brings a blob into a file; prints its process id first. */
const [address = "", digest = "", bytes = "", file = ""] = process.argv.slice(2);
process.stdout.write(`${process.pid}\n`);
const blob = { digest: digest as Sha256, bytes: Number(bytes) };
await openRegistry(address).repository("main").pull(blob, file);
