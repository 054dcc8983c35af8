import { relative } from "node:path";
import { type ConfigIssue, PibuildError } from "@pibuild/core";
import {
  parseCommands,
  readStageTexts,
  type Stage,
  type StageText,
  unwrap,
  type Word,
} from "@pibuild/pigen-stages";

interface Call {
  readonly at: Word;
  /** An option of mmdebstrap behind suite and target, where debootstrap takes the mirror's address. */
  readonly option: string | undefined;
}

/**
 * pi-gen's own `bootstrap` hands what it gets to debootstrap, ours to mmdebstrap. Throws
 * CONFIG_INVALID where build.sh, or the layered runner beside stages of pi-gen, would call the
 * former with what only the latter knows; `hint` says what to do instead.
 */
export async function checkBootstrap(
  workspace: string,
  stages: readonly Stage[],
  hint: string,
): Promise<void> {
  const issues: ConfigIssue[] = [];
  for (const stage of stages.filter(({ skipped }) => !skipped)) {
    const scripts = (await readStageTexts(stage)).filter(
      ({ kind, executable, shell }) =>
        (kind === "prerun" || kind === "run") && executable && shell !== undefined,
    );
    issues.push(...scripts.flatMap((script) => issueOf(workspace, script, hint) ?? []));
  }
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
}

function issueOf(
  workspace: string,
  { path, text }: StageText,
  hint: string,
): ConfigIssue | undefined {
  const calls = parseCommands(text).flatMap(({ words }) => callOf(unwrap(words)) ?? []);
  // A script that has a call for each of them knows which one it is given.
  const [first] = calls;
  if (first === undefined || calls.some(({ option }) => option === undefined)) return undefined;
  const { line, column } = first.at;
  const sourceLine = text.split("\n")[line - 1];
  return {
    message: `\`bootstrap\` gets \`${first.option}\`, an option of mmdebstrap: pi-gen's own \`bootstrap\` runs debootstrap, and would take it for the mirror's address`,
    at: { file: relative(workspace, path), line, column },
    ...(sourceLine === undefined ? {} : { sourceLine }),
    length: "bootstrap".length,
    hint,
  };
}

function callOf([name, ...given]: readonly Word[]): Call | undefined {
  if (name?.text !== "bootstrap") return undefined;
  const option = given.slice(2).find(({ literal }) => literal.startsWith("-"));
  return { at: name, option: option?.literal.replace(/=.*/s, "") };
}
