import { basename, join, relative } from "node:path";
import { deliverFiles, deliverTree, prepareDelivery, withdrawTree } from "@pibuild/artifacts";
import type { Image } from "@pibuild/config";
import type { Exec } from "@pibuild/core";
import { deployMode, deployName } from "@pibuild/graph";
import { giveBack } from "../privilege/give-back.ts";
import { ownersFor } from "../privilege/owners.ts";
import type { Reporter } from "../reporters/reporter.ts";
import type { Goal } from "./goal.ts";

export interface Delivery {
  readonly goal: Goal;
  readonly exec: Exec;
  readonly env: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/**
 * Puts finished files into the image's OUTPUT_DIR, where it has one; what is there is left. Images may
 * share it: what one deployed stands there as `IMG_NAME.deploy`.
 */
export async function deliver(
  image: Pick<Image, "outputDirectory" | "workspace" | "secrets" | "fileName">,
  { goal, exec, env, reporter }: Delivery,
): Promise<void> {
  const { outputDirectory: directory, workspace, secrets, fileName } = image;
  if (directory === undefined || goal.files === undefined) return;
  const owners = await ownersFor(env, workspace);
  await prepareDelivery(directory, { owners });
  const name = `${fileName}.${deployName}`;
  const { path: from = "", files: deployed = async () => [] } = goal.tree ?? {};
  const tree = from && { from, directory, name, owners, mode: deployMode(image) };
  if (tree) await withdrawTree(tree);
  const handed = await goal.files();
  const mode = secrets.length > 0 ? 0o600 : 0o644;
  const files = await deliverFiles(handed, directory, { owners, mode });
  const written = [...files, ...(tree ? await deliverTree(exec, tree) : [])];
  for (const file of written) reporter.report({ type: "artifact-written", ...file });
  const copies = [
    ...handed.map((file) => ({ ...file, path: basename(file.path) })),
    ...(await deployed()).map((file) => ({ ...file, path: join(name, relative(from, file.path)) })),
  ];
  for (const { path, ...file } of copies)
    reporter.report({ type: "artifact-kept", ...file, path: join(directory, path) });
  await giveBack(env, [...files.map(({ path }) => path), ...(tree ? [join(directory, name)] : [])]);
}
