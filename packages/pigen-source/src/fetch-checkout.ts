import type { Pin } from "@pibuild/config";
import { checkPiGen } from "./check-pi-gen.ts";
import { checkTag } from "./check-tag.ts";
import type { Git } from "./git.ts";
import { remoteTags } from "./remote-tags.ts";
import { type PigenSource, reading } from "./source.ts";

/**
 * Makes a checkout of the pin's commit in a directory that does not exist: the tag's newest
 * commit without its history. What it leaves where it throws is the caller's to remove.
 */
export async function fetchCheckout(
  git: Git,
  pin: Pin,
  source: PigenSource,
  directory: string,
): Promise<void> {
  checkTag(pin, source, (await remoteTags(git, source, pin.tag)).get(pin.tag));
  const ref = `refs/tags/${pin.tag}`;
  // No template: it could bring hooks and attributes of this machine's.
  await git(["init", "--quiet", "--template=", directory]);
  await reading(
    source,
    git(
      [
        ...["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules"],
        ...[...source.arguments, `${ref}:${ref}`],
      ],
      { checkout: directory },
    ),
  );
  // The tag may have moved since it was asked for.
  const { stdout } = await git(["rev-parse", "--verify", `${ref}^{commit}`], {
    checkout: directory,
  });
  checkTag(pin, source, stdout);
  await git(["checkout", "--quiet", "--detach", pin.commit], { checkout: directory });
  await checkPiGen(directory, source.named);
}
