/**
 * Ways of reading a variable whose name stands nowhere, in bash and in programs: a text that has one
 * may read any. What is not among them costs no truth, as a step gets what it is found to see.
 */
const enumerating: readonly RegExp[] = [
  /(?<![\w-])(?<!\/[\w.-]*\.)env(?![\w.-])/,
  /\b(?:environ|Environ|ENVIRON(?!\["\w+"\])|eval|printenv|envsubst|compgen|export\s+-p)\b/,
  /\b(?:declare|typeset)\s+-[xp]+\b/,
  /^\s*(?:declare|export|typeset)\s*(?:$|[|;>])/m,
  /(?:^|[;&|({]|\$\()\s*set\s*(?:$|[|;>)])/m,
  // By a name, or in a text, that another variable holds. What a function is given stands with its caller.
  /\$\{!|\b(?:declare|local|typeset)\s+-[A-Za-z]*n(?!\s+\w+=["']?\$\{?[1-9])|@P\}/,
  // Bash that was made a moment ago.
  /(?:^|[\s;&|({])(?:source|\.)\s+<\(/m,
  // Perl's, and C's in many a language.
  /%ENV\b|\$ENV\{(?!["']?\w+["']?\})|\bgetenv\s*\((?!\s*["']\w+["']\s*[,)])/,
];

/** Whether a text reads variables in a way that does not tell which. */
export function enumerates(text: string): boolean {
  const said = withoutComments(text);
  return enumerating.some((way) => way.test(said));
}

/** A shebang such as `#!/usr/bin/env bash` and prose enumerate nothing. */
function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)#.*$/gm, "$1");
}
