import { readUri, type Sources } from "./apt-source.ts";
import { readOptions } from "./options.ts";

/** What apt reads as "no" in `Enabled:`. */
const no = /^(?:no|false|without|off|disable|0)$/i;

/**
 * The sources in a text of apt's deb822 format, sources.list(5). A stanza with several addresses
 * and suites gives one source for each pair.
 */
export function parseDeb822(text: string, file: string): Sources {
  const read = stanzas(text).map((fields) => readStanza(fields, file));
  return {
    sources: read.flatMap(({ sources }) => sources),
    passedOver: read.flatMap(({ passedOver }) => passedOver),
  };
}

function readStanza(fields: ReadonlyMap<string, string>, file: string): Sources {
  const list = (name: string) => words(fields.get(name) ?? "");
  if (no.test(fields.get("enabled")?.trim() ?? "yes") || !list("types").includes("deb")) {
    return { sources: [], passedOver: [] };
  }
  const options = readOptions(
    [...fields].map(([name, value]) => {
      const isKey = name === "signed-by" && value.includes("BEGIN PGP");
      return [name.replace(/-(add|remove)$/, "-"), isKey ? [] : words(value)] as const;
    }),
  );
  if ("unknown" in options) {
    return { sources: [], passedOver: [{ file, unknown: options.unknown }] };
  }
  const shared = { components: list("components"), ...options, file };
  const sources = list("uris").flatMap((uri) =>
    list("suites").map((suite) => ({ ...readUri(uri), suite, ...shared })),
  );
  return { sources, passedOver: [] };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
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
