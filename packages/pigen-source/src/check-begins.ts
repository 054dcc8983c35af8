import type { Image } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { parseCommands, readStageTexts, type Stage, unwrap } from "@pibuild/pigen-stages";

/** What makes a tree; a script may have its own way besides, behind another command. */
const copies = "copy_previous";

/**
 * An image begins with a stage that makes a tree. Throws CONFIG_INVALID where the first one only
 * copies what a stage before it left, as pi-gen's later ones do.
 */
export async function checkBegins(
  { stages: entries }: Pick<Image, "stages">,
  stages: readonly Stage[],
): Promise<void> {
  const index = stages.findIndex(({ skipped }) => !skipped);
  const first = stages[index];
  const entry = entries[index];
  if (first === undefined || entry === undefined || !first.prerun) return;
  const prerun = (await readStageTexts(first)).find(({ kind }) => kind === "prerun");
  const commands = parseCommands(prerun?.text ?? "").map(({ words }) => unwrap(words)[0]?.literal);
  const makes = commands.some((name) => /^(?:.*bootstrap|tar|rsync|cp|mkdir)$/.test(name ?? ""));
  if (makes || !commands.includes(copies)) return;
  const message = `the image begins with \`${entry.name}\`, which copies the tree of the stage before it (\`${copies}\`), and there is none`;
  const hint = entry.name.startsWith("pi-gen/")
    ? "name `pi-gen/stage0` first"
    : "put a stage first that makes a tree, such as stages/debian-base";
  throw new PibuildError("CONFIG_INVALID", { issues: [{ message, hint, at: entry.at }] });
}
