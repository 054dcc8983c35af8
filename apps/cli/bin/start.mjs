// Starts the command line with what has to be said before its first module is read.
import { enableCompileCache } from "node:module";
import { availableParallelism } from "node:os";

// Node's four threads, on fewer processors, push each other's data out of the caches: a payload
// takes a seventh longer by it. It must be said before the first of them is started.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(2, Math.min(4, availableParallelism())));
// A build starts pibuild a dozen times. Node's own place would be in /tmp, for everybody to see.
const { XDG_CACHE_HOME, HOME, PIBUILD_CACHE } = process.env;
const caches = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
const cache = PIBUILD_CACHE || (caches && `${caches}/pibuild`);
if (cache) enableCompileCache(`${cache}/compiled`);
await import("../dist/main.js");
