/** One argument as a POSIX shell reads it back. */
export function shellQuote(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** A command as a line that a person can paste into a shell. */
export function formatCommand(argv: readonly string[]): string {
  return argv.map(shellQuote).join(" ");
}
