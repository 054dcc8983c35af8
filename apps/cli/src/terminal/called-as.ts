/** How the person called this program, so that what is printed works where they are: `./pibuild`. */
export function calledAs(env: NodeJS.ProcessEnv): string {
  // npm says so to what `npx` starts.
  return env.PIBUILD_CALLED_AS || (env.npm_command === "exec" ? "npx pibuild" : "pibuild");
}

/** A text for people whose commands of pibuild begin as it was called. */
export function asCalled(text: string, called: string): string {
  return text.replace(/(`(?:[A-Z_]+=\S+ )?|fix: )pibuild (?=[a-z])/g, (_match, before: string) => {
    return `${before}${called} `;
  });
}
