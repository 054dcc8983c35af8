import { branches, parsePigenTag, type Release, releases } from "@pibuild/config";
import type { ConfigIssue } from "@pibuild/core";
import { newestPin, type PigenPin } from "../files/pins.ts";
import type { PigenProject } from "./pigen-project.ts";

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
  const change = `to build with another, write its PI_GEN_TAG and PI_GEN_COMMIT into \`pi-gen-pin.env\``;
  if (here !== undefined && (here.tag === undefined || !agrees)) {
    const message = `which of pi-gen's tags this is cannot be told, so \`${pin.tag}\` is pinned; \`PIGEN_DIR=${relativeName(project)}\` builds with this one as it is`;
    if (agrees) notes.push({ ...at, message });
  }
  if (version !== undefined && said?.release !== wanted) {
    notes.push({
      ...version.at,
      message: `pi-gen's \`${version.text}\` is not for ${wanted}, so \`${pin.tag}\` is pinned`,
    });
  } else if (
    version !== undefined &&
    parsePigenTag(version.text) !== undefined &&
    version.text !== pin.tag
  ) {
    notes.push({
      ...version.at,
      message: `\`${pin.tag}\` is pinned instead of \`${version.text}\`; ${change}`,
    });
  }
  return { pin, notes, issues };
}

function relativeName({ directory, piGen }: PigenProject): string {
  return piGen?.path === directory ? "." : "pi-gen";
}

function isRelease(text: string): text is Release {
  return releases.some((each) => each === text);
}
