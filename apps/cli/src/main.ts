import { delimiter, dirname } from "node:path";
import { findWorkspace, listImages } from "@pibuild/config";
import { exitCodeOf } from "@pibuild/core";
import { type ApplicationContext, run } from "@stricli/core";
import { createApp } from "./app.ts";
import type { CliContext } from "./context.ts";
import { contextFromProcess } from "./context-from-process.ts";

// Modes of files that stages make must not depend on who calls.
process.umask(0o022);
// What this process starts must find the same Node.js: sudo sets a PATH of its own.
process.env.PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ""}`;
const context = contextFromProcess(process);
const images = await findWorkspace(context.start).then(listImages, () => []);
await run(createApp(images), process.argv.slice(2), context as CliContext & ApplicationContext);
process.exitCode = exitCodeOf(process.exitCode);
