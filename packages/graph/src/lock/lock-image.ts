import { join } from "node:path";
import { isPibuildError, PibuildError, removeTree } from "@pibuild/core";
import { type Lock, PackageStore, TreeReader } from "@pibuild/mirrors";
import type { OpenImage } from "../open/open-image.ts";
import { planImage } from "../targets/plan-image.ts";

/** What of a layer says where packages came from. */
const wanted = ["rootfs/var/lib/apt/lists", "rootfs/var/lib/dpkg/status"];

/**
 * The lock of what an image's layers hold, and packages in it that came from no archive. Releases are kept where
 * packages are, for builds from the lock. Throws USAGE where a step has no layer yet.
 */
export async function lockImage(
  open: OpenImage,
): Promise<{ readonly lock: Lock; readonly unknown: readonly string[] }> {
  const { context, image } = open;
  const { steps } = await planImage(open);
  const missing = steps.find(({ record }) => record === undefined);
  if (missing !== undefined) {
    const message = `${missing.step.id} has not been built: run \`pibuild build ${image.name}\` first`;
    throw new PibuildError("USAGE", { message });
  }
  const reader = new TreeReader(context.spec.packages?.archives ?? []);
  await using run = await context.scratch.openRun();
  for (const [index, { record }] of steps.entries()) {
    if (record === undefined) continue;
    const tree = join(run.path, `lock-${index}`);
    const args = ["-quiet", "-no-progress", "-no-xattrs", "-dest", tree];
    const file = await context.store.fetch(record.layer);
    await context.exec
      .run({
        program: "unsquashfs",
        args: [...args, file, ...wanted],
        quiet: true,
        allowExit: [1, 2],
      })
      .catch((error: unknown) => {
        if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
      });
    await reader.add(join(tree, "rootfs"));
    await removeTree(tree);
  }
  const store = new PackageStore(context.directories.packageStore);
  for (const text of reader.releaseTexts) {
    await using part = await store.receive();
    await part.write(Buffer.from(text, "latin1"));
    await part.keep();
  }
  return reader.lock({ image: image.name, release: image.release, architecture: image.arch });
}
