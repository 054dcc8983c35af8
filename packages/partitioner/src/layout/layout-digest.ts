import { canonicalJson, type Sha256, sha256 } from "@pibuild/core";
import type { DiskPlan } from "./disk-plan.ts";

/**
 * What two disks have in common whose slots can take the same update: the table's kind, and each
 * partition's role, place, size (in bytes) and filesystem. Labels, ids and contents are not in it.
 */
export function layoutDigest({ layout, partitions }: DiskPlan): Sha256 {
  return sha256(
    canonicalJson({
      table: layout.table,
      partitions: partitions.map(({ spec, startBytes, sizeBytes }) => ({
        role: spec.role,
        startBytes,
        sizeBytes,
        filesystem: spec.filesystem,
      })),
    }),
  );
}
