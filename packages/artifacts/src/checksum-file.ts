import type { Sha256 } from "@pibuild/core";

/**
 * The text of a checksum file for `sha256sum --check`, with the bare file name: it is checked in
 * the directory that holds both. coreutils marks a line whose name it had to escape.
 */
export function checksumText(digest: Sha256, name: string): string {
  if (!/[\\\n\r]/.test(name)) return `${digest}  ${name}\n`;
  const escaped = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `\\${digest}  ${escaped}\n`;
}
