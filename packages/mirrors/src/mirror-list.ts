import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type AptSource, readUri } from "./apt-source.ts";

const scheme = "mirror+file:";

/**
 * A source whose address is a file with addresses, apt-transport-mirror(1), as one source for each of
 * them: those with the lowest `priority:` first. Another is itself. A list that is not there is empty.
 */
export async function expandMirrorList(source: AptSource): Promise<AptSource[]> {
  if (!source.uri.startsWith(scheme)) return [source];
  const path = fileURLToPath(
    `file://${source.uri.slice(scheme.length).replace(/^\/\/(?=\/)/, "")}`,
  );
  const text = await readFile(path, "utf8").catch(() => "");
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => readEntry(line, source))
    .sort((a, b) => a.priority - b.priority)
    .map((entry) => entry.source);
}

function readEntry(line: string, source: AptSource) {
  const [uri = "", ...said] = line.split(/\s+/);
  const values = (name: string) =>
    said.flatMap((word) => (word.startsWith(`${name}:`) ? word.slice(name.length + 1) : []));
  const architectures = values("arch");
  return {
    // Without one, an entry is the last to be asked.
    priority: Math.min(...values("priority").map(Number), Number.MAX_SAFE_INTEGER),
    source: {
      ...source,
      ...readUri(uri),
      ...(architectures.length === 0 ? {} : { architectures }),
    },
  };
}
