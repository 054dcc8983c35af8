import { misspeltVariables, settings } from "@pibuild/config";
import type { Notice } from "@pibuild/core";
import type { StageWarning } from "@pibuild/pigen-stages";
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
  return [
    ...neverRun(open.stages.flatMap(({ warnings }) => warnings)),
    ...(await unreadSettings(open, env, runner)),
    ...misspelt(env),
    ...readableSecrets(open),
    ...layoutNotices(open.image.disk),
    ...otherPiGen(open.piGen),
    ...(open.image.settings.APT_MIRROR === "" ? open.hostMirrors.notices : []),
  ];
}

/** What is wrong with several files in the same way is said once. */
function neverRun(warnings: readonly StageWarning[]): Notice[] {
  const alike = Map.groupBy(warnings, ({ problem, hint }) => `${problem}\n${hint}`);
  return [...alike.values()].flatMap((files) => {
    const [first] = files;
    if (first === undefined) return [];
    const paths = files.map(({ path }) => path).join(", ");
    const each = files.length > 1 ? "each " : "";
    return { message: `${paths}: ${each}${first.problem}`, hint: first.hint };
  });
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
