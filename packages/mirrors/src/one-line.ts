import { type AptSource, readUri } from "./apt-source.ts";

/**
 * The sources in a text of apt's one-line format, sources.list(5):
 * `deb [option=value ...] uri suite component...`. Lines that are none are skipped, as apt warns
 * about them anyway.
 */
export function parseOneLine(text: string, file: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    // An address may hold `[` (cdrom:[...]), so options are looked for right after the type only.
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)\s*(?:#.*)?$/.exec(
      line,
    );
    const [, options = "", uri, suite, components = ""] = match ?? [];
    if (uri === undefined || suite === undefined || uri.startsWith("cdrom:")) return [];
    return [
      {
        ...readUri(uri),
        suite,
        components: words(components),
        signedBy: signedBy(options),
        file,
      },
    ];
  });
}

function signedBy(options: string): string[] {
  const option = words(options).find((word) => word.toLowerCase().startsWith("signed-by="));
  return option === undefined ? [] : option.slice("signed-by=".length).split(",");
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
