import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { environmentPlace, type Image, upstreamPrefix } from "@pibuild/config";
import { type ConfigIssue, PibuildError } from "@pibuild/core";

/**
 * A branch of pi-gen builds one release for one architecture, which stand in its build.sh. Throws
 * CONFIG_INVALID where an image that has stages of it is for another.
 */
export async function checkFits(image: Image): Promise<void> {
  const { piGen, arch, release, stages } = image;
  if (piGen === undefined) return;
  const script = await readFile(join(piGen, "build.sh"), "utf8");
  const issues: ConfigIssue[] = [];
  const first = stages.find(({ name }) => name.startsWith(upstreamPrefix));
  if (first === undefined) return;
  const builtArch = /^(?:export )?ARCH=["']?(\w+)/m.exec(script)?.[1];
  if (builtArch !== undefined && builtArch !== arch) {
    const message = `this pi-gen builds ${builtArch}, and the image is for ${arch}`;
    const hint = `take a tag or branch of pi-gen whose name ends with -${arch}`;
    issues.push({ message, hint, at: first.at });
  }
  const builtRelease = /^(?:export )?RELEASE=["']?\$\{RELEASE:-(\w+)\}/m.exec(script)?.[1];
  if (builtRelease !== undefined && builtRelease !== release) {
    const message = `this pi-gen builds ${builtRelease}, and the image is for ${release}`;
    const take = `take a tag or branch of pi-gen for ${release}`;
    // Whoever asked for the release is whose line it is.
    const asked = image.origins.RELEASE === "environment";
    issues.push({
      message,
      hint: asked
        ? `unset PI_GEN_BRANCH, or ${take}`
        : `write \`release: ${builtRelease}\`, or ${take}`,
      at: asked ? environmentPlace("PI_GEN_BRANCH") : image.releaseAt,
    });
  }
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
}
