import { exitCodeOf } from "@pibuild/core";
import { type ApplicationContext, run } from "@stricli/core";
import { createApp } from "./app.ts";
import { type CliContext, contextFromProcess } from "./context.ts";

const app = createApp(new URL("../../package.json", import.meta.url));
const context = contextFromProcess(process);
await run(app, process.argv.slice(2), context as CliContext & ApplicationContext);
process.exitCode = exitCodeOf(process.exitCode);
