import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { type Comparison, compareTrees } from "../compare-trees.ts";
import type { ConformanceWorkspace } from "../conformance-workspace.ts";
import { describeComparison } from "../report.ts";
import { exportVolatile } from "../volatile.ts";
import { type AloneOptions, buildAlone } from "./build-alone.ts";
import { describeExported, type Exported, layeredExport, upstreamExport } from "./exported-tree.ts";

export interface DisksOptions {
  readonly scratch: string;
  /** Where boot partitions really lie: see `lendHelpers`. */
  readonly fat: string;
  /** What build.sh is to build without pibuild; undefined for nothing. */
  readonly alone: Omit<AloneOptions, "scratch" | "fat"> | undefined;
  readonly say: (text: string) => void;
}

/**
 * Compares what is on the layered image's disk with what is on those that build.sh exported, and says what
 * differs. Must run as root in a mount namespace of its own.
 */
export async function compareDisks(
  exec: Exec,
  workspace: ConformanceWorkspace,
  { scratch, fat, alone, say }: DisksOptions,
): Promise<Comparison[]> {
  const describe = (exported: Exported, name: string) =>
    describeExported(exec, exported, join(scratch, name));
  const place = join(scratch, "layered-disk");
  const layered = await describe(await layeredExport(exec, workspace, place), "layered-disk");
  const compare = async (words: string, other: Exported, name: string) => {
    const comparison = compareTrees(layered, await describe(other, name), exportVolatile);
    say(words);
    say(describeComparison(comparison, exportVolatile));
    return comparison;
  };
  const disks = [
    await compare("the finished disks:", await upstreamExport(workspace, fat), "other-disk"),
  ];
  if (alone !== undefined) {
    const made = await buildAlone(exec, workspace, { ...alone, scratch, fat });
    disks.push(await compare("the disk that build.sh made alone:", made, "alone-disk"));
  }
  return disks;
}
