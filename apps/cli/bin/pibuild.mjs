#!/usr/bin/env node
// Says so where Node.js is too old, before anything newer is read.
const [major, minor] = process.versions.node.split(".").map(Number);
const [command, image, target] = process.argv.slice(2);
// What @pibuild/nx saw when the run began, for all targets at once.
const known = command === "digest" && process.env.PIBUILD_DIGESTS;
const digest = known ? JSON.parse(known)[`${image}:${target}`] : undefined;
if (digest !== undefined) {
  process.stdout.write(`${digest}\n`);
} else if (major > 24 || (major === 24 && minor >= 11)) {
  const { enableCompileCache } = await import("node:module");
  const { availableParallelism } = await import("node:os");
  // Node's four threads, on fewer processors, push each other's data out of the caches: a payload
  // takes a seventh longer by it. It must be said before the first of them is started.
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(2, Math.min(4, availableParallelism())));
  // A build starts pibuild a dozen times. Node's own place would be in /tmp, for everybody to see.
  const { XDG_CACHE_HOME, HOME, PIBUILD_CACHE } = process.env;
  const caches = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  const cache = PIBUILD_CACHE || (caches && `${caches}/pibuild`);
  if (cache) enableCompileCache(`${cache}/compiled`);
  await import("../dist/main.js");
} else {
  process.stderr.write(
    `error: pibuild needs Node.js 24.11 or newer, this is ${process.versions.node}\nhint: in a workspace, \`npm run pibuild -- ...\` brings it\n`,
  );
  process.exitCode = 4;
}
