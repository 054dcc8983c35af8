import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Image, upstreamPrefix } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";

/**
 * A branch of pi-gen builds for one architecture, which stands in its build.sh. Throws CONFIG_INVALID
 * where an image that has stages of it is for another.
 */
export async function checkArchitecture({ piGen, arch, stages }: Image): Promise<void> {
  if (piGen === undefined) return;
  const script = await readFile(join(piGen, "build.sh"), "utf8");
  const built = /^(?:export )?ARCH=["']?(\w+)/m.exec(script)?.[1];
  const first = stages.find(({ name }) => name.startsWith(upstreamPrefix));
  if (built === undefined || built === arch || first === undefined) return;
  const message = `this pi-gen builds ${built}, and the image is for ${arch}`;
  const hint = `take a tag or branch of pi-gen whose name ends with -${arch}`;
  throw new PibuildError("CONFIG_INVALID", { issues: [{ message, hint, at: first.at }] });
}
