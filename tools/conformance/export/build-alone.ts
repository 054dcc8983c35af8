import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Exec, ownProcesses } from "@pibuild/core";
import { openImage } from "@pibuild/graph";
import { prepareNamespace } from "@pibuild/pigen-runner";
import { prepareTwin } from "@pibuild/twin";
import { type ConformanceWorkspace, imageName } from "../conformance-workspace.ts";
import type { Exported } from "./exported-tree.ts";

export interface AloneOptions {
  readonly piGen: string;
  /** Directories of the checkout. */
  readonly stages: readonly string[];
  readonly scratch: string;
  /** Where a mounted FAT really lies: see `lendHelpers`. */
  readonly fat: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How it is called where there is no twin. */
const emulated = { program: "unshare", prefix: ownProcesses } as const;

/** Nobody listens there. */
const deadMirror = "http://127.0.0.2:9/debian";

/**
 * Builds the image with pi-gen's build.sh as it is called without pibuild, so without a package proxy. Of
 * pibuild's it has the stages of `pibuild mirrors render`, whose first mirror of Debian is dead, and the twin:
 * emulated, it would take two hours. Must run as root in a mount namespace of its own.
 */
export async function buildAlone(
  exec: Exec,
  workspace: ConformanceWorkspace,
  { piGen, stages, scratch, fat, env }: AloneOptions,
): Promise<Exported> {
  const directory = join(scratch, "alone");
  const project = join(directory, "pi-gen");
  await mkdir(directory);
  await cp(piGen, project, { recursive: true, verbatimSymlinks: true });
  const fragments = join(directory, "fragments");
  await workspace.renderMirrors(fragments, { DEBIAN_MIRROR: deadMirror });
  await cp(fragments, project, { recursive: true });
  const { context } = await openImage({
    ...{ workspace: workspace.path, name: imageName },
    env: { ...process.env, ...env, PIBUILD_STORE: workspace.store },
  });
  const { spec } = context;
  await prepareNamespace(exec, spec);
  const twin = await prepareTwin({ ...context, aptOptions: [] }, { bootstrap: false });
  const { program, prefix } = twin ?? emulated;
  const deploy = join(directory, "deploy");
  // Of an earlier export: its boot partition has the same name.
  for (const name of await readdir(fat)) await rm(join(fat, name), { recursive: true });
  await exec.run({
    program,
    args: [...prefix, join(project, "build.sh")],
    cwd: project,
    env: {
      ...spec.variables,
      SOURCE_DATE_EPOCH: String(spec.sourceDateEpoch),
      // As pi-gen's own container image sets it. Without it, debconf asks nothing before an upgrade, and notes less.
      DEBIAN_FRONTEND: "noninteractive",
      // Those of the image are where pibuild shows them.
      EXPORT_CONFIG_DIR: join(project, "export-image"),
      STAGE_LIST: stages.map((stage) => join(project, basename(stage))).join(" "),
      WORK_DIR: join(directory, "work"),
      DEPLOY_DIR: deploy,
      DEPLOY_COMPRESSION: "none",
    },
  });
  const image = (await readdir(deploy)).find((name) => name.endsWith(".img")) ?? "";
  const partition = (await readdir(fat))[0] ?? "";
  return { image: join(deploy, image), boot: join(fat, partition) };
}
