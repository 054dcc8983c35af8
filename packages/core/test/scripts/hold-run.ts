import { createRunDirectory } from "../../src/resources/run-directory.ts";

/** Is a run until it is killed. */
const [parent = ""] = process.argv.slice(2);
await using run = await createRunDirectory(parent);
process.stdout.write(`${process.pid} ${run.path}\n`);
await new Promise(() => setInterval(() => {}, 60_000));
