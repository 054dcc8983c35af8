import { acquireLock } from "../../src/resources/lock.ts";

/** Holds a lock until it is killed; Ctrl-C is a matter of cleaning up first. */
const [path = ""] = process.argv.slice(2);
await using _lock = await acquireLock(path);
process.on("SIGINT", () => process.stdout.write("interrupted\n"));
process.stdout.write(`${process.pid}\n`);
await new Promise(() => setInterval(() => {}, 60_000));
