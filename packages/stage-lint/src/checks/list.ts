import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Stage } from "@pibuild/pigen-stages";
import type { Finding } from "../finding.ts";
import type { StageList } from "../stage-list.ts";
import { has } from "./markers.ts";

/** What is wrong with stages only because of those before and after them. */
export async function checkList(list: StageList): Promise<Finding[]> {
  return [
    ...(await exportImage(list)),
    ...(await skipBreaksNext(list)),
    ...(await sortsFirst(list)),
    ...nameSplits(list),
  ];
}

/** One directory by itself tells nothing of what follows it, so it takes two to be a list. */
async function exportImage({ order, forPigen }: StageList): Promise<Finding[]> {
  const last = order.at(-1);
  if (!forPigen || order.length < 2 || last === undefined) return [];
  let exported: string | undefined;
  for (const { path, name } of order) if (await has(path, "EXPORT_IMAGE")) exported = name;
  if (exported === last.name) return [];
  const { path } = last;
  return [{ code: "NO_EXPORT_IMAGE", file: path, stage: path, data: { exported } }];
}

async function skipBreaksNext({ order }: StageList): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [index, { path, skipped }] of order.entries()) {
    const next = order[index + 1];
    if (!skipped || next === undefined || next.skipped || !next.prerun) continue;
    const prerun = await readFile(join(next.path, "prerun.sh"), "utf8");
    if (!/\bcopy_previous\b|\bPREV_ROOTFS_DIR\b/.test(prerun.replaceAll(/^\s*#.*$/gm, "")))
      continue;
    const data = { next: next.name };
    findings.push({ code: "SKIP_BREAKS_NEXT", file: join(path, "SKIP"), stage: path, data });
  }
  return findings;
}

/** pi-gen goes by names only where it finds the stages itself, and where nobody says their order. */
async function sortsFirst({ order, byName }: StageList): Promise<Finding[]> {
  const early: Stage[] = [];
  for (const stage of byName ? order : []) {
    const { name, path } = stage;
    if (!name.startsWith("stage") || name >= "stage0") continue;
    const pigen = dirname(path);
    const config = await readFile(join(pigen, "config"), "utf8").catch(() => "");
    const found = await stat(join(pigen, "stage0")).catch(() => undefined);
    if (found !== undefined && !/^\s*(?:export\s+)?STAGE_LIST=/m.test(config)) early.push(stage);
  }
  const [first] = early;
  if (first === undefined) return [];
  const { path } = first;
  const data = { names: early.map(({ name }) => name) };
  return [{ code: "SORTS_BEFORE_STAGE0", file: path, stage: path, data }];
}

function nameSplits({ order, forPigen }: StageList): Finding[] {
  return order
    .filter(({ name }) => forPigen && /\s/.test(name))
    .map(({ name, path }) => ({
      code: "STAGE_NAME_SPLITS",
      file: path,
      stage: path,
      data: { name },
    }));
}
