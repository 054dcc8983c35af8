import { listSteps, readStepFiles, type Stage } from "@pibuild/pigen-stages";

/** What fetches the index of mirrors: pi-gen's and our own `bootstrap`, and what is behind them, do so, too. */
const fetches = /\bapt(?:-get)?\b[^\n|;&]*\bupdate\b|^\s*(?:bootstrap|debootstrap|mmdebstrap)\b/m;

/** Whether a step's files say that it fetches the index of mirrors. */
export function fetchesIndex(texts: readonly string[]): boolean {
  return texts.some((text) => fetches.test(text));
}

/** Whether a step's files say that it installs packages by name or by archive. */
export function callsApt(texts: readonly string[]): boolean {
  return texts.some((text) => /\bapt(?:-get|itude)?\b/.test(text)) || fetchesIndex(texts);
}

/**
 * The last step before another whose files say that it fetches the index of mirrors. It is in that
 * step's layer, and so as old as that is. Undefined where the other fetches it itself, or none does.
 */
export async function findIndexStep(
  stages: readonly Stage[],
  before: string,
): Promise<string | undefined> {
  let found: string | undefined;
  for (const step of listSteps(stages)) {
    const { texts } = await readStepFiles(step);
    const isFetched = fetchesIndex(texts);
    if (step.id === before) return isFetched ? undefined : found;
    if (isFetched) found = step.id;
  }
  return undefined;
}
