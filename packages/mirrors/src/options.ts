/** What the options of a source say of it, sources.list(5). */
export interface SourceOptions {
  /** Keyrings (paths) or fingerprints that may sign it; empty where the file does not say. */
  readonly signedBy: readonly string[];
  /** Debian's names of the architectures that it is for; undefined: for all. */
  readonly architectures?: readonly string[];
}

/** Options that say how apt asks and checks, and nothing of what the source is. */
const indifferent = new Set([
  ...["lang", "languages", "target", "targets", "pdiffs", "by-hash", "trusted"],
  ...["allow-insecure", "allow-weak", "allow-downgrade-to-insecure"],
  ...["check-valid-until", "valid-until-min", "valid-until-max", "check-date", "date-max-future"],
  ...["inrelease-path", "snapshot", "include", "exclude"],
]);

/** Fields of a stanza that are no options. */
const own = new Set(["types", "uris", "suites", "components", "enabled", "description"]);

/**
 * Reads options by name, in either of apt's spellings; a name may end with `+` or `-`, which changes
 * apt's default. One that nobody here knows gives its name: what the source is then, is not known.
 */
export function readOptions(
  options: Iterable<readonly [name: string, words: readonly string[]]>,
): SourceOptions | { readonly unknown: string } {
  let signedBy: readonly string[] = [];
  let architectures: readonly string[] | undefined;
  for (const [written, words] of options) {
    const [, name = "", change = ""] = /^(.*?)([+-]?)$/.exec(written.toLowerCase()) ?? [];
    if (name === "signed-by") signedBy = words;
    // What is added to or taken from apt's default does not say which there are.
    else if (name === "arch" || name === "architectures") {
      if (change === "") architectures = words;
    } else if (!indifferent.has(name) && !own.has(name) && !name.startsWith("x-")) {
      return { unknown: written };
    }
  }
  return { signedBy, ...(architectures === undefined ? {} : { architectures }) };
}
