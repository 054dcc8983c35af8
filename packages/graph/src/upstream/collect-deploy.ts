import { chmod, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Artifact, checksumFiles, collectImage, packedEndings } from "@pibuild/artifacts";
import { type Image, upstreamStages } from "@pibuild/config";
import { type Exec, PibuildError } from "@pibuild/core";

export interface Deployed {
  readonly exec: Exec;
  readonly image: Image;
  /** What build.sh filled. */
  readonly deploy: string;
  /** Where it goes; both are on one filesystem. */
  readonly output: string;
}

/** What build.sh's image is called where people look for it. */
export function collectedName({ fileName }: Pick<Image, "fileName">): string {
  return `${fileName}.img.xz`;
}

/**
 * Gives what build.sh deployed, with a checksum beside each file, its final name; and beside it the
 * image of the last stage as `IMG_NAME.img.xz`, however build.sh packed it. What an earlier run made
 * stays until then. Throws VERIFY_FAILED where there is no image, or one that cannot be unpacked.
 */
export async function collectDeploy({
  exec,
  image,
  deploy,
  output,
}: Deployed): Promise<Artifact[]> {
  const packed = await lastImage(deploy, await suffixOf(image));
  if (packed === undefined) {
    throw new PibuildError("VERIFY_FAILED", {
      what: "build.sh succeeded, but made no image",
      detail: "no stage has EXPORT_IMAGE, or those that have it have SKIP_IMAGES, too",
    });
  }
  const collected = collectedName(image);
  if (packed !== collected) {
    await collectImage({
      ...{ packed: join(deploy, packed), output: join(deploy, collected), exec },
      ...{ level: image.compression.level, sourceDateEpoch: image.sourceDateEpoch },
    });
  }
  const artifacts = await checksumFiles(deploy);
  // Until now nobody else could enter it.
  await chmod(deploy, image.secrets.length > 0 ? 0o700 : 0o755);
  const old = `${output}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(output, old).catch(ignoreMissing);
  await rename(deploy, output);
  await rm(old, { recursive: true, force: true });
  return artifacts.map((file) => ({ ...file, path: join(output, basename(file.path)) }));
}

/** Of the images in a directory that with the suffix, or else the newest. */
async function lastImage(directory: string, suffix: string): Promise<string | undefined> {
  const images = (await readdir(directory)).filter((name) =>
    packedEndings.some((ending) => name.endsWith(ending)),
  );
  const own = images.filter((name) =>
    packedEndings.some((ending) => name.endsWith(`${suffix}${ending}`)),
  );
  const candidates = suffix !== "" && own.length > 0 ? own : images;
  const times = await Promise.all(
    candidates.map(async (name) => ({ name, time: (await stat(join(directory, name))).mtimeMs })),
  );
  return times.sort((a, b) => b.time - a.time || a.name.length - b.name.length)[0]?.name;
}

/** IMG_SUFFIX of the last stage that has an image. */
async function suffixOf(image: Image): Promise<string> {
  for (const { path } of [...upstreamStages(image)].reverse()) {
    const text = await readFile(join(path, "EXPORT_IMAGE"), "utf8").catch(() => undefined);
    if (text !== undefined) return /^(?:export )?IMG_SUFFIX=["']?([\w.-]*)/m.exec(text)?.[1] ?? "";
  }
  return "";
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
