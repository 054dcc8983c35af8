import { deliverFiles } from "@pibuild/artifacts";
import type { Image } from "@pibuild/config";
import { giveBack } from "../privilege/give-back.ts";
import { ownersFor } from "../privilege/owners.ts";
import type { Reporter } from "../reporters/reporter.ts";
import type { Goal } from "./goal.ts";

export interface Delivery {
  readonly goal: Goal;
  readonly env: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/** Puts finished files into the image's OUTPUT_DIR, where it has one; what is there is left. */
export async function deliver(
  { outputDirectory, workspace, secrets }: Pick<Image, "outputDirectory" | "workspace" | "secrets">,
  { goal, env, reporter }: Delivery,
): Promise<void> {
  if (outputDirectory === undefined || goal.files === undefined) return;
  const owners = await ownersFor(env, workspace);
  const written = await deliverFiles(await goal.files(), outputDirectory, {
    owners,
    mode: secrets.length > 0 ? 0o600 : 0o644,
  });
  for (const file of written) reporter.report({ type: "artifact-written", ...file });
  await giveBack(
    env,
    written.map(({ path }) => path),
  );
}
