import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { type Comparison, compareTrees } from "../compare-trees.ts";
import type { ConformanceWorkspace } from "../conformance-workspace.ts";
import { exportVolatile } from "../volatile.ts";
import { describeExported, type Exported, layeredExport } from "./exported-tree.ts";

/**
 * Compares what is on the layered image's disk with what is on one that build.sh exported. Must run as root in a
 * mount namespace of its own.
 */
export async function compareDisks(
  exec: Exec,
  workspace: ConformanceWorkspace,
  other: Exported,
  scratch: string,
): Promise<Comparison> {
  const describe = (exported: Exported, name: string) =>
    describeExported(exec, exported, join(scratch, name));
  const place = join(scratch, "layered-disk");
  const layered = await describe(await layeredExport(exec, workspace, place), "layered-disk");
  return compareTrees(layered, await describe(other, "other-disk"), exportVolatile);
}
