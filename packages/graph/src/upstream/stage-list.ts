import { basename, join, relative } from "node:path";
import { upstreamStages } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { piGenDirectory, visiblePath } from "@pibuild/pigen-runner";
import type { OpenImage } from "../open/open-image.ts";

/**
 * What build.sh gets as STAGE_LIST: the image's stages in its order, up to one where it is named. They stand
 * where they are, mounted, never linked. Throws CONFIG_INVALID for a path that build.sh would split.
 */
export function stageList(
  { image, context }: Pick<OpenImage, "image" | "context">,
  piGen: string,
  until?: string,
): string[] {
  const stages = upstreamStages(image);
  const end =
    until === undefined
      ? stages.length
      : 1 + stages.findIndex(({ path }) => basename(path) === until);
  return stages.slice(0, end).map(({ path, at }) => {
    const inside = relative(piGen, path);
    const visible = inside.startsWith("..")
      ? visiblePath(context.spec.base, path).path
      : join(piGenDirectory, inside);
    if (!/[\s*?[\]]/.test(visible)) return visible;
    const message = `stage \`${basename(path)}\` lies at \`${path}\`, and build.sh splits its list of stages at spaces`;
    throw new PibuildError("CONFIG_INVALID", {
      issues: [{ message, at, hint: "rename the directory, or use the layered runner" }],
    });
  });
}
