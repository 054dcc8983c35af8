import { isSettingName, retiredNames, settings } from "@pibuild/config";
import { didYouMean, formatLocation, type Notice } from "@pibuild/core";
import { readScripts } from "@pibuild/pigen-runner";
import { isAmbient, namedSettings, parseFunctions, readStepFiles } from "@pibuild/pigen-stages";
import type { OpenImage } from "../open/open-image.ts";

/** Settings that pibuild itself reads, and hands on under another name or not at all. */
const ownSettings = ["SETFCAP", "IMG_NAME"];

/** Variables of the environment that say something of stages of pi-gen only. */
const upstreamVariables = ["PI_GEN_BRANCH", "PI_GEN_STAGES"];

/**
 * A notice for each setting or variable that somebody set, and that no script of the image's
 * stages reads, nor a function that one of them calls: it changes nothing, without a word.
 */
export async function unreadSettings(
  { image, steps }: Pick<OpenImage, "image" | "steps">,
  env: NodeJS.ProcessEnv,
  runner: "layered" | "upstream",
): Promise<Notice[]> {
  const texts = (await Promise.all(steps.map(readStepFiles))).flatMap((files) => files.texts);
  const chroots = steps.some(({ actions }) => actions.some(({ kind }) => kind !== "run"));
  const functions = parseFunctions(Object.values(readScripts(image.piGen)).join("\n"));
  const all = Object.fromEntries([...image.setAt.keys()].map((name) => [name, ""]));
  const read = namedSettings([...texts, ...(chroots ? ["on_chroot"] : [])], all, functions);
  const nothing = `nothing that builds \`${image.name}\` reads it`;
  const unread = [...image.setAt].flatMap(([name, at]): Notice[] => {
    if (Object.hasOwn(read, name) || ownSettings.includes(name) || isAmbient(name)) return [];
    if (runner === "upstream" && isSettingName(name) && settings[name].upstreamOnly) return [];
    const what = isSettingName(name) ? nothing : `no script of \`${image.name}\` names it`;
    const message = `${formatLocation(at)}: \`${name}\` is set, but ${what}`;
    return [{ message, hint: hintFor(name, texts) }];
  });
  const given = (name: string) => (env[name] ?? "") !== "";
  const outOfPlace = image.piGen === undefined ? upstreamVariables.filter(given) : [];
  return [
    ...unread,
    ...outOfPlace.map((name) => ({
      message: `environment variable ${name}: ${nothing}, because it has no stage of pi-gen`,
      hint: `unset ${name}`,
    })),
    ...Object.entries(retiredNames)
      .filter(([name]) => given(name))
      .map(([name, hint]) => ({
        message: `environment variable ${name}: no branch of pi-gen reads it`,
        hint,
      })),
  ];
}

/** What may have been meant, of the names in capitals that scripts expand. */
function hintFor(name: string, texts: readonly string[]): string {
  if (isSettingName(name)) {
    return settings[name].upstreamOnly
      ? "remove it, because only pi-gen's own build.sh reads it"
      : "remove it, because none of the image's stages uses it";
  }
  const expanded = texts.flatMap((text) =>
    [...text.matchAll(/\$\{?([A-Z][A-Z0-9_]{2,})/g)].map(([, word]) => word ?? ""),
  );
  const near = didYouMean(name, new Set(expanded));
  return near === undefined
    ? "remove it; or, if a program reads it by itself, name it in a script of that program's step"
    : `did you mean \`${near}\`?`;
}
