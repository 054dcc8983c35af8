#!/usr/bin/env node
// What any Node.js with modules can read: it says so where Node.js is too old.
const [major, minor] = process.versions.node.split(".").map(Number);
// As package.json's `engines` has it.
const fits = (major === 22 && minor >= 21) || (major === 24 && minor >= 11) || major > 24;
if (fits) {
  import("../dist/cli/main.js");
} else {
  process.stderr.write(
    `error: @pibuild/mirrors needs Node.js 22.21, 24.11 or newer, this is ${process.versions.node}\n\nhint: \`npx -p node@24 -p @pibuild/mirrors pibuild-mirrors ...\` brings it\n`,
  );
  process.exitCode = 4;
}
