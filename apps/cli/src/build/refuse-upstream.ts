import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "@pibuild/config";
import { stagesAfterExport } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";

const otherwise = "leave `--runner upstream` out";

/** build.sh runs every sub-stage, up to a stage or to the image. Throws USAGE for one that leaves some out. */
export function refuseSkip({ name, skip }: Image): void {
  if (skip.length > 0) refuse(unknownKey("skip", name));
}

/** build.sh runs in the builder's own network. Throws USAGE for an image that forbids it. */
export function refuseNetwork({ name, network }: Image): void {
  if (network.default === "packages") refuse(unknownKey("network", name));
  if (network.stages.some((each) => each.network === "packages"))
    refuse(unknownKey("stage_network", name));
}

/** build.sh knows its own export alone, and makes an image of stages with EXPORT_IMAGE. Throws USAGE for another. */
export function refuseOtherExport(image: Image): void {
  const after = stagesAfterExport(image);
  if (after === undefined) refuse(unknownKey("export", image.name));
  const last = after.at(-1);
  if (last === undefined || existsSync(join(last.path, "EXPORT_IMAGE"))) return;
  refuse(
    `pi-gen's build.sh runs \`${last.name}\` before its export, and makes no image of a stage without \`EXPORT_IMAGE\`; create that file, or ${otherwise}`,
  );
}

/** build.sh knows one disk: two partitions in an MBR, as large as they come. Throws USAGE for another. */
export function refuseOtherDisk({ name, disk, sizesAt }: Image): void {
  const asked =
    disk.layout !== "standard"
      ? `\`layout: ${disk.layout}\``
      : disk.table !== "mbr"
        ? `\`table: ${disk.table}\``
        : Object.keys(sizesAt).map((key) => `\`${key}\``)[0];
  if (asked === undefined) return;
  refuse(
    `pi-gen's build.sh cannot make the disk of \`${name}\` (${asked}): it makes two partitions in an MBR, of its own sizes; ${otherwise}`,
  );
}

function unknownKey(key: string, image: string): string {
  return `pi-gen's build.sh knows no \`${key}\` of image.yaml, which \`${image}\` has; ${otherwise}`;
}

function refuse(message: string): never {
  throw new PibuildError("USAGE", { message });
}
