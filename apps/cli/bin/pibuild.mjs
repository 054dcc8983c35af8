#!/usr/bin/env node
// What any Node.js with modules can read: it says so where Node.js is too old.
const [major, minor] = process.versions.node.split(".").map(Number);
const [command, image, target] = process.argv.slice(2);
// What @pibuild/nx saw when the run began, for all targets at once.
const known = command === "digest" && process.env.PIBUILD_DIGESTS;
const digest = known ? JSON.parse(known)[`${image}:${target}`] : undefined;
// As package.json's `engines` has it.
const fits = (major === 22 && minor >= 21) || (major === 24 && minor >= 11) || major > 24;
if (digest !== undefined) {
  process.stdout.write(`${digest}\n`);
} else if (fits) {
  import("./start.mjs");
} else {
  process.stderr.write(
    `error: pibuild needs Node.js 22.21, 24.11 or newer, this is ${process.versions.node}\n\nhint: \`npx -p node@24 -p pibuild pibuild ...\` brings it\n`,
  );
  process.exitCode = 4;
}
