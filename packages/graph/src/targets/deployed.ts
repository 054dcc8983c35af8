import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { placeTree } from "@pibuild/artifacts";
import type { Image } from "@pibuild/config";
import type { OpenImage } from "../open/open-image.ts";
import type { ProducedFile } from "./manifest.ts";

/** The directory in `dist/<image>` with what steps put into DEPLOY_DIR. */
export const deployName = "deploy";

/** Its mode: it may hold what the image's secrets went into. */
export function deployMode({ secrets }: Pick<Image, "secrets">): number {
  return secrets.length > 0 ? 0o700 : 0o755;
}

/**
 * Copies what steps put into DEPLOY_DIR, and left there, beside the disk; gives its files. `from` is
 * undefined where none put anything there.
 */
export async function bringDeployed(
  { image, context, output }: OpenImage,
  from: string | undefined,
): Promise<ProducedFile[]> {
  if (from === undefined || (await readdir(from)).length === 0) return [];
  const files = await placeTree({
    ...{ exec: context.exec, from, to: join(output, deployName) },
    ...{ mode: deployMode(image), seconds: image.sourceDateEpoch },
  });
  return files.map((file) => ({ ...file, path: `${deployName}/${file.path}` }));
}
