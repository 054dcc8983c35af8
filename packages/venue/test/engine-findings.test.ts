import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readFindings, writeFindings } from "../src/container/engine-findings.ts";
import { rightsLadder } from "../src/container/rights.ts";

test("what an older release found is tried again where this one asks for other rights", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-findings-"));
  const file = join(scratch.path, "settled.json");
  const network = { kind: "host", name: "host" } as const;
  const [, rights] = rightsLadder("docker");
  if (rights === undefined) throw new Error("no rights");
  await writeFindings(file, { network, rights });
  expect(await readFindings(file, "docker")).toEqual({ network, rights });
  const args = rights.args.filter((word) => word !== "NET_ADMIN");
  await writeFindings(file, { network, rights: { ...rights, args } });
  expect(await readFindings(file, "docker")).toBeUndefined();
});
