import { sep } from "node:path";

const slash = Buffer.from("/");

/** A path below a directory, as the bytes that Linux takes: a name need not be UTF-8. */
export function pathBytes(directory: string | Buffer, below: string | Buffer): Buffer {
  const parts = [directory, below].map((part) =>
    typeof part === "string" ? Buffer.from(part) : part,
  );
  const [parent = slash, name = slash] = parts;
  const separator = parent.at(-1) === slash[0] || name[0] === slash[0] ? [] : [slash];
  return Buffer.concat([parent, ...separator, name]);
}

/** Words as `xargs --null` reads them: an argument from Node.js would be UTF-8. */
export function nullEnded(words: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(words.flatMap((word) => [Buffer.from(word), Buffer.alloc(1)]));
}

/** A path for people. What is not UTF-8 in it stands as bash takes it: `caf\xe9`. */
export function pathText(path: Buffer): string {
  const text = path.toString();
  if (Buffer.from(text).equals(path)) return text;
  return path
    .toString("latin1")
    .replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}

/** A path of this host with `/` between its names, as fingerprints and Linux have it. */
export function slashed(path: string, separator: string = sep): string {
  return path.replaceAll(separator, "/");
}
