import { readUri, type Sources } from "./apt-source.ts";
import { readOptions } from "./options.ts";

/**
 * The sources in a text of apt's one-line format, sources.list(5):
 * `deb [option=value ...] uri suite component...`. Lines that are none are skipped, as apt warns
 * about them anyway.
 */
export function parseOneLine(text: string, file: string): Sources {
  const lines = text.split("\n").map((line) => readLine(line, file));
  return {
    sources: lines.flatMap(({ sources }) => sources),
    passedOver: lines.flatMap(({ passedOver }) => passedOver),
  };
}

function readLine(line: string, file: string): Sources {
  // An address may hold `[` (cdrom:[...]), so options are looked for right after the type only.
  const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)\s*(?:#.*)?$/.exec(
    line,
  );
  const [, written = "", uri, suite, components = ""] = match ?? [];
  if (uri === undefined || suite === undefined || uri.startsWith("cdrom:")) {
    return { sources: [], passedOver: [] };
  }
  const options = readOptions(
    words(written).map((word) => {
      const [, name = word, values = ""] = /^([^=]*)=(.*)$/.exec(word) ?? [];
      return [name, values.split(",").filter((value) => value !== "")] as const;
    }),
  );
  if ("unknown" in options) {
    return { sources: [], passedOver: [{ file, unknown: options.unknown }] };
  }
  const source = { ...readUri(uri), suite, components: words(components), ...options, file };
  return { sources: [source], passedOver: [] };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
