import { type AptSource, readUri } from "./apt-source.ts";

/** What apt reads as "no" in `Enabled:`. */
const no = /^(?:no|false|without|off|disable|0)$/i;

/**
 * The sources in a text of apt's deb822 format, sources.list(5). A stanza with several addresses
 * and suites gives one source for each pair.
 */
export function parseDeb822(text: string, file: string): AptSource[] {
  return stanzas(text).flatMap((fields) => {
    const list = (name: string) => (fields.get(name) ?? "").split(/\s+/).filter((word) => word);
    if (no.test(fields.get("enabled")?.trim() ?? "yes")) return [];
    if (!list("types").includes("deb")) return [];
    const keys = fields.get("signed-by") ?? "";
    const shared = {
      components: list("components"),
      signedBy: keys.includes("BEGIN PGP") ? [] : list("signed-by"),
      file,
    };
    return list("uris").flatMap((uri) =>
      list("suites").map((suite) => ({ ...readUri(uri), suite, ...shared })),
    );
  });
}

/** Paragraphs of `Name: value` fields; a line that starts with a blank continues the one before. */
function stanzas(text: string): Map<string, string>[] {
  const result: Map<string, string>[] = [];
  let fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of text.split("\n")) {
    // A comment may stand between a field and its continuation.
    if (line.startsWith("#")) continue;
    if (line.trim() === "") {
      result.push(fields);
      fields = new Map();
      last = undefined;
      continue;
    }
    const [, name, value = ""] = /^([^\s:]+)\s*:(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      last = name.toLowerCase();
      fields.set(last, value);
    } else if (last !== undefined && /^\s/.test(line)) {
      fields.set(last, `${fields.get(last)}\n${line}`);
    }
  }
  return [...result, fields];
}
