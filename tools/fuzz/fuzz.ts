import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";

/*
 * `node --conditions=@pibuild/source tools/fuzz/fuzz.ts [inputs] [filter]`: every property in a
 * `fuzz.test.ts` is tried with that many inputs, 100,000 where nothing is said. fast-check prints the
 * seed of what fails; PIBUILD_FUZZ_SEED tries it again.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const [inputs = "100000", ...filters] = process.argv.slice(2);
const { PIBUILD_FUZZ_SEED: seed } = process.env;

await createExec().run({
  program: "node",
  args: [
    vitest,
    "run",
    "--project",
    "unit",
    "--root",
    root,
    ...(filters.length > 0 ? filters : ["fuzz"]),
  ],
  cwd: root,
  env: { PIBUILD_FUZZ_RUNS: inputs, ...(seed === undefined ? {} : { PIBUILD_FUZZ_SEED: seed }) },
  interactive: true,
});
