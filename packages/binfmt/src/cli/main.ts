import { readFileSync } from "node:fs";
import { exitCodeOf } from "@pibuild/core";
import { type ApplicationContext, run } from "@stricli/core";
import { createApp } from "./app.ts";
import { type CliContext, contextFromProcess } from "./context.ts";

const manifest = new URL("../../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
const context = contextFromProcess(process);
await run(createApp(version), process.argv.slice(2), context as CliContext & ApplicationContext);
process.exitCode = exitCodeOf(process.exitCode);
