import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "@pibuild/core";
import { openResults, type TaskResults } from "@pibuild/task-cache";
import { expect, test } from "vitest";
import { openRemote, scopesOf, sharedResults } from "../src/index.ts";
import { openDirectoryRig } from "./depot-rig.ts";

/** Machines that share one depot, each with results of its own. */
async function shop() {
  const parent = await mkdtemp("/var/tmp/pibuild tasks-");
  const depot = await openDirectoryRig(parent);
  let machines = 0;
  return {
    parent,
    async machine(own: string, write = true): Promise<TaskResults> {
      const directory = join(parent, `machine ${machines++}`);
      await mkdir(directory);
      const cache = openRemote({
        ...{ depot: depot.open(), scopes: scopesOf(own, "main"), read: true, write, trusted: [] },
      });
      return sharedResults({
        ...{ local: openResults(join(directory, "results")), cache, scratch: directory },
      });
    },
    async file(text: string): Promise<string> {
      const path = join(parent, "file");
      await writeFile(path, text);
      return path;
    },
    async [Symbol.asyncDispose]() {
      await removeTree(parent);
    },
  };
}

const key = { scope: "main", client: "nx", hash: "123" } as const;

async function content(results: TaskResults, wanted: Parameters<TaskResults["find"]>[0]) {
  const found = await results.find(wanted);
  return found && (await readFile(found.path)).subarray(found.start).toString();
}

test("a machine finds what another one kept, with its notes, and then has it itself", async () => {
  await using rig = await shop();
  const a = await rig.machine("main");
  expect(await a.put(key, await rig.file("bytes"), { "x-artifact-tag": "t" })).toBe(true);
  const b = await rig.machine("main");
  expect(await content(b, key)).toBe("bytes");
  expect((await b.find(key))?.notes).toEqual({ "x-artifact-tag": "t" });
  expect(await content(await rig.machine("main"), { ...key, client: "turbo" })).toBeUndefined();
});

test("a pull request finds what main kept, and main nothing of a pull request", async () => {
  await using rig = await shop();
  await (await rig.machine("main")).put(key, await rig.file("of main"), {});
  const own = { ...key, scope: "pr-7" };
  const pull = await rig.machine("pr-7");
  expect(await content(pull, own)).toBe("of main");
  await pull.put({ ...own, hash: "9" }, await rig.file("of the pull request"), {});
  expect(await content(await rig.machine("pr-7"), { ...own, hash: "9" })).toBeDefined();
  expect(await content(await rig.machine("main"), { ...key, hash: "9" })).toBeUndefined();
});

test("a machine that only reads keeps its results to itself", async () => {
  await using rig = await shop();
  const reader = await rig.machine("main", false);
  await reader.put(key, await rig.file("own"), {});
  expect(await content(reader, key)).toBe("own");
  expect(await content(await rig.machine("main"), key)).toBeUndefined();
});
