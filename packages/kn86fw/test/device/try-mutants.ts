import { chmod, readFile } from "node:fs/promises";
import type { Rig } from "../rig.ts";
import { updater } from "./machine.ts";
import type { Mutant } from "./mutants.ts";
import { record, scenarioPayloads } from "./recording.ts";
import { scenarios } from "./scenarios.ts";
import { tryAll } from "./try-all.ts";

/** Records every mutant's run, cuts the power at every point of it, and gives the names of those that nothing noticed. */
export async function unnoticed(rig: Rig, chosen: readonly Mutant[]): Promise<string[]> {
  const payloads = await scenarioPayloads(rig);
  const alive: string[] = [];
  for (const mutant of chosen) {
    const program = await rig.write("mutant.sh", await mutate(mutant));
    await chmod(program, 0o755);
    const scenario = scenarios[mutant.scenario];
    const { violation } = tryAll(scenario, await record(scenario, payloads, program), 60);
    if (violation === undefined) alive.push(mutant.name);
    if (process.env.PIBUILD_TEST_VERBOSE) process.stdout.write(`${mutant.name}: ${violation}\n`);
  }
  process.stdout.write(
    `kn86-update: ${chosen.length - alive.length} of ${chosen.length} mutants caught\n`,
  );
  return alive;
}

/** The updater with all edits, each of which must have had its place. */
async function mutate({ name, edits }: Mutant): Promise<string> {
  return edits.reduce(
    (text, [from, to]) => {
      const places = [...text.matchAll(patternOf(from))];
      if (places.length !== 1) throw new Error(`${name}: there ${places.length} times: ${from}`);
      return text.replace(patternOf(from), () => to);
    },
    await readFile(updater, "utf8"),
  );
}

/** The same commands, however they are indented, wrapped and quoted. */
function patternOf(from: string): RegExp {
  const pieces = from.split(/(\s|"|\$\{\w+\})/).filter((piece) => piece !== "");
  const alike = pieces.map((piece) => {
    if (piece === "\n") return "[ \\t]*\\n";
    if (/^\s$/.test(piece)) return "(?:[ \\t]|\\\\\\n)*[ \\t]";
    if (piece === '"') return '"?';
    const variable = /^\$\{(\w+)\}$/.exec(piece)?.[1];
    return variable === undefined
      ? piece.replace(/[$()*+./?[\\\]^{|}]/g, "\\$&")
      : `\\$(?:\\{${variable}\\}|${variable}\\b)`;
  });
  return new RegExp(alike.join(""), "g");
}
