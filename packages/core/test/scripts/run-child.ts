import { createExec } from "../../src/exec/create-exec.ts";

/** Prints its own pid, then that of a child that never ends by itself. */
const [fifo = ""] = process.argv.slice(2);
process.stdout.write(`${process.pid}\n`);
await createExec().run({
  program: "bash",
  args: ["-c", 'echo $$; read -r line < "$1"', "bash", fifo],
  onLine: (line) => process.stdout.write(`${line}\n`),
});
