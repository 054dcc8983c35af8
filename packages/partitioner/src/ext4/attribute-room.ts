import { type Exec, PibuildError, pathText } from "@pibuild/core";
import { blockBytes } from "./mke2fs-conf.ts";

/** What a block of attributes has for them, behind its header and before its end: linux/fs/ext4/xattr.h. */
const roomBytes = blockBytes - 32 - 4;
const entryBytes = 16;

/**
 * Whether an ext4 has room for the extended attributes of every file below a directory: mke2fs says so
 * only when it comes to the file. A little more may fit, into the inode itself. Throws LAYOUT_INVALID.
 */
export async function checkAttributes(exec: Exec, directory: string, role: string): Promise<void> {
  const { stdout } = await exec.run({
    program: "getfattr",
    args: [
      ...["--recursive", "--physical", "--no-dereference", "--absolute-names", "--dump"],
      ...["--encoding=hex", "--match=^(user|trusted|security)\\.", directory],
    ],
    bytes: true,
  });
  for (const stanza of stdout.split("\n\n")) {
    const [file = "", ...lines] = stanza.trim().split("\n");
    const bytes = lines.reduce((sum, line) => sum + bytesOf(line), 0);
    if (bytes <= roomBytes) continue;
    const path = Buffer.from(file.slice(`# file: ${directory}`.length), "latin1");
    throw new PibuildError("LAYOUT_INVALID", {
      problem: `ext4 has no room for the extended attributes of \`${pathText(path)}\`: they need ${bytes} bytes of ${roomBytes}`,
      partition: role,
    });
  }
}

/** What an attribute takes, from a line such as `user.name=0x00ff`. */
function bytesOf(line: string): number {
  // overlayfs's own, which the merged tree does not show.
  if (line.startsWith("trusted.overlay.")) return 0;
  const at = line.lastIndexOf("=0x");
  const name = (at === -1 ? line : line.slice(0, at)).replace(/^(?:user|trusted|security)\./, "");
  const value = at === -1 ? 0 : (line.length - at - 3) / 2;
  return entryBytes + inFours(name.length) + inFours(value);
}

function inFours(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
