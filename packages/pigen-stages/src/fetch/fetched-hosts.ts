import type { FetchCommand } from "./fetch-commands.ts";

const thisMachine = /^(?:localhost|127\.[\d.]+|\[::1\])$/;
/** A path on this machine, as it stands or below a directory that a variable holds. */
const localPath = /^(?:file:|[./~]|\$\{?\w+\}?\/)/;

/**
 * The hosts from which the words of such a command fetch; none where they do not say it, and undefined where
 * nothing is fetched from another machine.
 */
export function fetchedHosts(
  words: readonly string[],
  { from }: Pick<FetchCommand, "from">,
): readonly string[] | undefined {
  const hosts = words.flatMap((word) => hostIn(word, from) ?? []);
  const others = hosts.filter((host) => !thisMachine.test(host));
  if (others.length > 0 || from === "registry") return others;
  if (hosts.length > 0 || from === "remote path") return undefined;
  const operands = words.filter((word) => !word.startsWith("-"));
  if (from === "repository") return operands.some((word) => localPath.test(word)) ? undefined : [];
  return operands.length === 0 || operands.some((word) => word.startsWith("file:"))
    ? undefined
    : [];
}

function hostIn(word: string, from: FetchCommand["from"]): string | undefined {
  const address = /^(?:--?[\w-]+=)?[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?([^/:?#\s$`]+)/;
  // As ssh and rsync write a path on another machine; for curl and wget it is a header.
  const remotePath = /^(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)*):(?!\/\/)[^=]*$/;
  return (address.exec(word) ?? (from === "address" ? null : remotePath.exec(word)))?.[1];
}
