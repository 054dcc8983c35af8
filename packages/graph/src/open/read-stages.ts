import { type Image, upstreamExport, upstreamStages } from "@pibuild/config";
import { didYouMean, type Exec, PibuildError } from "@pibuild/core";
import { visiblePath } from "@pibuild/pigen-runner";
import { readFileIndex, readStage, type Stage } from "@pibuild/pigen-stages";
import type { UsedPiGen } from "./used-pi-gen.ts";

/**
 * An image's stages and those that finish it, in order, with what its `skip` leaves out marked. Throws
 * CONFIG_INVALID where that names nothing of them.
 */
export async function readStages(
  exec: Exec,
  image: Image,
  piGen: UsedPiGen | undefined,
): Promise<Stage[]> {
  const { stages: entries, exportStages, workspace } = image;
  // The same as under build.sh, as its name ends up in the image.
  const last = upstreamStages(image).at(-1)?.path ?? "";
  const read = [...entries, ...exportStages].map(async ({ name, path }): Promise<Stage> => {
    const stage = await readStage(path, await readFileIndex(exec, path));
    if (name !== upstreamExport) return stage;
    // Its prerun.sh makes the disk; ours is made from the finished tree. The commit that it writes into
    // the image is its own, as where build.sh runs it.
    const variables = {
      EXPORT_DIR: visiblePath(workspace, last).path,
      GIT_HASH: piGen?.commit ?? "",
    };
    return { ...stage, prerun: false, variables };
  });
  const stages = await Promise.all(read);
  checkSkips(image, stages);
  const skips = new Set(image.skip.map(({ name }) => name));
  return stages.map((stage) => ({
    ...stage,
    skipped: stage.skipped || skips.has(stage.name),
    subStages: stage.subStages.map((sub) => ({
      ...sub,
      skipped: sub.skipped || skips.has(`${stage.name}/${sub.name}`),
    })),
  }));
}

function checkSkips({ name: image, skip }: Image, stages: readonly Stage[]): void {
  const known = stages.flatMap(({ name, subStages }) => [
    name,
    ...subStages.map((sub) => `${name}/${sub.name}`),
  ]);
  const issues = skip.flatMap(({ name, at }) => {
    if (known.includes(name)) return [];
    const near = didYouMean(name, known);
    const hint =
      near === undefined
        ? `see \`pibuild plan ${image}\` for its steps`
        : `did you mean \`${near}\`?`;
    return [
      { ...at, message: `no stage and no sub-stage of the image is called \`${name}\``, hint },
    ];
  });
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
}
