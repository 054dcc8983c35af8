import type { Fetch } from "@pibuild/core";

/** Why a step may come out otherwise the next time that it runs; undefined where it fetches nothing besides packages. */
export function describeFetches(fetches: readonly Fetch[] = []): string | undefined {
  if (fetches.length === 0) return undefined;
  const shown = fetches.map(({ command, host }) =>
    host === undefined ? `\`${command}\`` : `\`${command}\` from ${host}`,
  );
  return `unrepeatable: ${shown.join(", ")}`;
}
