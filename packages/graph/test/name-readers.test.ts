import { appendFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { settingNames } from "@pibuild/config";
import { readScripts } from "@pibuild/pigen-runner";
import {
  enumerates,
  listSteps,
  namedSettings,
  parseFunctions,
  readStage,
  readStageTexts,
  readStepFiles,
  type Stage,
} from "@pibuild/pigen-stages";
import { describe, expect, test } from "vitest";
import { enumeratesByCommands, namesByCommands, whyNotByCommands } from "./read-by-commands.ts";

/** With these variables the two ways of finding what a script reads are compared. */
const { PIGEN_DIR: piGen, PIBUILD_CONTRACT_STAGES: contracts } = process.env;
/** Takes the figures. */
const { PIBUILD_NAMES_REPORT: report } = process.env;

const workspace = join(import.meta.dirname, "../../..");
const variables = Object.fromEntries(
  [
    ...settingNames,
    ...["STAGE_LIST", "EXPORT_CONFIG_DIR", "EXPORT_DIR", "GIT_HASH", "GIT_DESCRIBE", "CAPSH_ARG"],
    ...["PREV_STAGE", "PREV_STAGE_DIR", "PREV_ROOTFS_DIR", "BOOT_PARTUUID", "ROOT_PARTUUID"],
    ...["COMMON_DEVICE", "SHARED_DEVICE", "DISK_LAYOUT", "DISK_TABLE", "DISK_BOARD"],
    ...["PAYLOAD_COMPATIBLE", "PAYLOAD_VERSION", "PAYLOAD_SECURITY_EPOCH", "INPUT_NOSH"],
  ].map((name) => [name, ""]),
);

interface Compared {
  readonly steps: number;
  /** Variables that each way finds in the steps' own files, and in those functions that they call. */
  readonly byText: number;
  readonly byCommands: number;
  /** What only one finds: `step variable`, with the reason. */
  readonly onlyText: Record<string, string>;
  readonly onlyCommands: string[];
  /** Steps that may read all, by the one way and not by the other. */
  readonly enumeratesOnlyText: string[];
  readonly enumeratesOnlyCommands: string[];
}

async function compare(directories: readonly string[], checkout?: string): Promise<Compared> {
  const stages = await Promise.all(directories.map((path) => readStage(path)));
  const functions = parseFunctions(Object.values(readScripts(checkout)).join("\n"));
  const shells = new Set((await Promise.all(stages.map(shellTexts))).flat());
  const result: Compared = {
    ...{ steps: 0, byText: 0, byCommands: 0, onlyText: {}, onlyCommands: [] },
    ...{ enumeratesOnlyText: [], enumeratesOnlyCommands: [] },
  };
  const count = { steps: 0, byText: 0, byCommands: 0 };
  for (const step of listSteps(stages)) {
    const { texts } = await readStepFiles(step);
    const scripts = texts.filter((text) => shells.has(text));
    const found = new Set(scripts.flatMap((text) => [...namesByCommands(text)]));
    const called = calledBy(scripts, functions);
    for (const body of called) for (const name of namesByCommands(body)) found.add(name);
    const byText = Object.keys(namedSettings(texts, variables, functions));
    const byCommands = Object.keys(variables).filter((name) => found.has(name));
    count.steps += 1;
    count.byText += byText.length;
    count.byCommands += byCommands.length;
    for (const name of byText.filter((each) => !byCommands.includes(each))) {
      const own = scripts.filter((text) => text.includes(name));
      const other = texts.some((text) => !shells.has(text) && text.includes(name));
      const why = own.map((text) => whyNotByCommands(text, name));
      result.onlyText[`${step.id} ${name}`] =
        [...new Set([...why, ...(other ? ["a file that is no script"] : [])])].join(", ") ||
        "in a function that it may call";
    }
    result.onlyCommands.push(
      ...byCommands.filter((each) => !byText.includes(each)).map((name) => `${step.id} ${name}`),
    );
    const all = texts.some(enumerates);
    const allByCommands = scripts.some(enumeratesByCommands);
    if (all && !allByCommands) result.enumeratesOnlyText.push(step.id);
    if (!all && allByCommands) result.enumeratesOnlyCommands.push(step.id);
  }
  return { ...result, ...count };
}

async function shellTexts(stage: Stage): Promise<string[]> {
  const texts = await readStageTexts(stage);
  return texts
    .filter(
      ({ shell, text }) => shell !== undefined || /^#!\S*\b(?:env )?(?:ba|da)?sh\b/.test(text),
    )
    .map(({ text }) => text);
}

function calledBy(texts: readonly string[], functions: ReadonlyMap<string, string>): string[] {
  const called = new Map<string, string>();
  const queue = [...texts];
  for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
    for (const [name, body] of functions) {
      if (called.has(name) || !new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text)) continue;
      called.set(name, body);
      queue.push(body);
    }
  }
  return [...called.values()];
}

async function stagesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((each) => each.isDirectory() && /^(?:stage[0-9]|export-image)$/.test(each.name))
    .map((each) => join(directory, each.name));
}

async function check(name: string, compared: Compared): Promise<void> {
  if (report !== undefined) {
    await appendFile(report, `${JSON.stringify({ corpus: name, ...compared }, null, 2)}\n`);
  }
  expect(compared.steps).toBeGreaterThan(0);
  expect(compared.onlyCommands).toEqual([]);
  expect(compared.enumeratesOnlyCommands).toEqual([]);
}

describe("the text of a script names all that its commands name", () => {
  test("in this repository's stages", async () => {
    const directory = join(workspace, "stages");
    const names = (await readdir(directory, { withFileTypes: true })).filter((each) =>
      each.isDirectory(),
    );
    const stages = names.map((each) => join(directory, each.name));
    await check("stages", await compare(stages));
  });

  test.skipIf(piGen === undefined)("in pi-gen's stages: PIGEN_DIR", async () => {
    if (piGen !== undefined) await check("pi-gen", await compare(await stagesIn(piGen), piGen));
  });

  test.skipIf(contracts === undefined)(
    "in the contract stages of tests: PIBUILD_CONTRACT_STAGES",
    async () => {
      if (contracts === undefined) return;
      for (const name of await readdir(contracts)) {
        const entries = await readdir(join(contracts, name), { withFileTypes: true });
        // A symlinked stage led out of the workspace that is gone.
        const stages = entries.filter((each) => each.isDirectory());
        const paths = stages.map((each) => join(contracts, name, each.name));
        await check(`contract ${name}`, await compare(paths));
      }
    },
  );
});
