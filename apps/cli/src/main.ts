import { type ApplicationContext, run } from "@stricli/core";
import { app } from "./app.ts";
import type { CliContext } from "./context.ts";
import { contextFromProcess } from "./context-from-process.ts";
import { exitCodeOf } from "./exit.ts";

const context = contextFromProcess(process);
await run(app, process.argv.slice(2), context as CliContext & ApplicationContext);
process.exitCode = exitCodeOf(process.exitCode);
