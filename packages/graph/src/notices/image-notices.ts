import { misspeltVariables, settings } from "@pibuild/config";
import type { Notice } from "@pibuild/core";
import type { OpenImage } from "../open/open-image.ts";
import { layoutNotices } from "./layout-notices.ts";
import { otherPiGen } from "./other-pi-gen.ts";
import { unreadSettings } from "./unread-settings.ts";

/** What is no error in an image but may not be meant: files that never run, settings that nothing reads, variables that are misspelt, secrets that stay readable, another pi-gen than the pin's. */
export async function imageNotices(
  open: Pick<OpenImage, "image" | "stages" | "steps" | "piGen" | "hostMirrors">,
  env: NodeJS.ProcessEnv,
  runner: "layered" | "upstream" = "layered",
): Promise<Notice[]> {
  const neverRun = open.stages
    .flatMap(({ warnings }) => warnings)
    .map(({ path, problem, hint }) => ({ message: `${path}: ${problem}`, hint }));
  return [
    ...neverRun,
    ...(await unreadSettings(open, env, runner)),
    ...misspelt(env),
    ...readableSecrets(open),
    ...layoutNotices(open.image.disk),
    ...otherPiGen(open.piGen),
    ...(open.image.settings.APT_MIRROR === "" ? open.hostMirrors.notices : []),
  ];
}

function misspelt(env: NodeJS.ProcessEnv): Notice[] {
  return misspeltVariables(env).map(({ name, near }) => ({
    message: `environment variable ${name}: nothing reads it`,
    hint: `did you mean \`${near}\`?`,
  }));
}

function readableSecrets({ image }: Pick<OpenImage, "image">): Notice[] {
  return image.secretNames.flatMap((name) => {
    const { readableAt } = settings[name];
    if (readableAt === undefined || image.settings[name] === "") return [];
    return [
      {
        message: `\`${name}\` ends up in the image as it is (${readableAt}), so everybody who has the image can read it`,
        hint: "keep the image private, or leave the secret out and write it on the board",
      },
    ];
  });
}
