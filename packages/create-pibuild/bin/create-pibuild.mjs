#!/usr/bin/env node
// `npm create pibuild` is `pibuild init`, with the same arguments.
process.argv.splice(2, 0, "init");
import("pibuild/bin/pibuild.mjs");
