import { PibuildError } from "@pibuild/core";

/** What programs print that name a server and do not reach it, but for apt, whose words are its own. */
const forms = [
  // curl, and git over https.
  /Could not resolve (?:host|proxy): ([\w.-]+)/,
  /Failed to connect to ([\w.-]+) port \d+/,
  // ssh.
  /Could not resolve hostname ([\w.-]+)/,
  // wget, in a locale with such quotes and without.
  /unable to resolve host address [‘'"`]?([\w.-]+)/,
  /Connecting to ([\w.-]+)(?: \([^)]*\))?\|[^|]*\|:\d+\.\.\. failed/,
  // Node.js, and so npm.
  /getaddrinfo (?:EAI_AGAIN|ENOTFOUND) ([\w.-]+)/,
  // Python's urllib3, and so pip.
  /host='([\w.-]+)', port=\d+\).*(?:name resolution|new connection|timed out|Name or service not known)/,
];

/** How many of the last lines count: what failed before these, a script has gone on without. */
const lastLines = 8;

/** The lines of a failed command that may tell why it failed, by which a script did not go on. */
export function lastOf(tail: readonly string[]): string {
  return tail.slice(-lastLines).join("\n");
}

/** The server that a failed command did not reach, by the last lines it printed. */
export function unreachedIn(
  tail: readonly string[],
): PibuildError<"SERVER_UNREACHABLE"> | undefined {
  for (const line of tail.slice(-lastLines).toReversed()) {
    const host = forms.map((form) => form.exec(line)?.[1]).find(Boolean);
    if (host !== undefined) return new PibuildError("SERVER_UNREACHABLE", { host });
  }
  return undefined;
}
