import { branches, parsePigenTag, type Release, releases } from "@pibuild/config";
import type { ConfigIssue } from "@pibuild/core";
import { newestPin, type PigenPin } from "../files/pins.ts";
import { changesIn, listed, type PigenProject } from "./pigen-project.ts";

/** What is known of the pi-gen that a project is built with, from the nearest source to the farthest. */
export interface KnownPigen {
  readonly project: PigenProject;
  /** RELEASE of `config`, or of a flag. */
  readonly release: { readonly text: string; readonly at: ConfigIssue } | undefined;
  /** A branch or tag that a workflow names. */
  readonly version: { readonly text: string; readonly at: ConfigIssue } | undefined;
  /** Whether the 64-bit system is wanted where the project builds for 32 bits. */
  readonly arm64: boolean;
  /** Where an issue without a line of its own is. */
  readonly at: ConfigIssue;
}

export interface ChosenPigen {
  readonly pin: PigenPin;
  /** The directory of the project's own pi-gen, for PIGEN_DIR, where no pin gives the same. */
  readonly own?: string;
  readonly notes: readonly ConfigIssue[];
  readonly issues: readonly ConfigIssue[];
}

/** The pin of an adopted project: its own pi-gen where that is one of pi-gen's tags, else the newest. */
export function choosePigen({ project, release, version, arm64, at }: KnownPigen): ChosenPigen {
  const notes: ConfigIssue[] = [];
  const issues: ConfigIssue[] = [];
  const here = project.piGen;
  const said =
    version && (parsePigenTag(version.text) ?? branches.find(({ name }) => name === version.text));
  const arch = here?.arch ?? said?.arch;
  if (arch === "armhf") {
    const place = version?.at ?? at;
    const message = "this pi-gen builds for armhf (32 bit), and only arm64 can be built";
    const hint = "`--arch arm64` takes the 64-bit system with the same stages and settings";
    if (arm64) notes.push({ ...place, message });
    else issues.push({ ...place, message, hint });
  }
  if (here !== undefined && here.release === undefined && release === undefined) {
    const message = "build.sh does not say which Debian release this pi-gen builds";
    const hint = `say it with \`--release\`, one of ${releases.join(", ")}`;
    issues.push({ ...at, message, hint });
  }
  const wanted = release?.text ?? here?.release ?? said?.release ?? "trixie";
  if (!isRelease(wanted)) {
    const message = `only ${releases.join(" and ")} can be built, and not ${wanted}`;
    const hint = `\`--release ${releases.at(-1)}\` takes another: look through your stages for packages that it no longer has`;
    issues.push({ ...(release?.at ?? at), message, hint });
    return { pin: newestPin("trixie"), notes, issues };
  }
  const newest = newestPin(wanted);
  const { tag } = here ?? {};
  const agrees = arch !== "armhf" && here?.release === wanted;
  const pin =
    tag !== undefined && agrees ? { ...newest, tag: tag.name, commit: tag.commit } : newest;
  if (version !== undefined) notes.push(...notesOnVersion(version, pin, said?.release === wanted));
  if (here !== undefined && here.release !== wanted) {
    const message = `this pi-gen is for ${here.release}, and the image for ${wanted}: \`${pin.tag}\` is pinned`;
    notes.push({ ...at, message });
  }
  if (changesIn(project, "build.sh").length > 0) {
    const message = `build.sh is not as in \`${tag?.name}\`: stages are run as that one runs them, with the variables that \`config\` sets`;
    notes.push({ ...at, message });
  }
  const reason = agrees ? whyOwn(project) : undefined;
  if (reason === undefined) return { pin, notes, issues };
  const own = here?.path === project.directory ? "." : "pi-gen";
  const message = `${reason}, so it is built with as it is: \`PIGEN_DIR=${own}\` in the environment says so, and the scripts of package.json have it`;
  return { pin, own, notes: [...notes, { ...at, message }], issues };
}

/** Why no pin gives the pi-gen that is here; undefined where one does, but for stages after the first. */
function whyOwn(project: PigenProject): string | undefined {
  const tag = project.piGen?.tag;
  if (tag === undefined) return "which of pi-gen's tags this is cannot be told";
  const changes = ["scripts", "export-image", "stage0"].flatMap((name) => changesIn(project, name));
  return changes.length === 0 ? undefined : `${listed(changes)}: not as in \`${tag.name}\``;
}

/** Where the pinned pi-gen is another than the branch or tag that a workflow names. */
function notesOnVersion(
  { text, at }: { readonly text: string; readonly at: ConfigIssue },
  { tag }: PigenPin,
  fits: boolean,
): ConfigIssue[] {
  if (!fits) {
    const message = `pi-gen's \`${text}\` is no branch or tag for the image's release: \`${tag}\` is pinned`;
    return [{ ...at, message }];
  }
  if (parsePigenTag(text) === undefined || text === tag) return [];
  const change = "write its PI_GEN_TAG and PI_GEN_COMMIT into `pi-gen-pin.env`";
  return [{ ...at, message: `\`${tag}\` is pinned; for \`${text}\` ${change}` }];
}

function isRelease(text: string): text is Release {
  return releases.some((each) => each === text);
}
