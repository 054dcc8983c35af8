#!/usr/bin/env node
// Says so where Node.js is too old, before anything newer is read.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 24 || (major === 24 && minor >= 11)) {
  await import("../dist/cli/main.js");
} else {
  process.stderr.write(
    `error: @pibuild/mirrors needs Node.js 24.11 or newer, this is ${process.versions.node}\nhint: \`npx -p node@24 -p @pibuild/mirrors pibuild-mirrors ...\` brings it\n`,
  );
  process.exitCode = 4;
}
