import { type ChrootText, chrootTexts } from "../chroot/chroot-texts.ts";
import { hostVariables } from "../chroot/host-variables.ts";
import type { Finding } from "../finding.ts";
import type { LintCheck } from "./check.ts";

/** Directories of the host that a script names which runs in the image, where they are not. */
export const checkHostPathsInChroot: LintCheck = ({ stage, texts }) =>
  chrootTexts(texts).flatMap((script) => findPaths(script, stage.path));

/** A value that may be missing, as in `${STAGE_DIR:-x}`, is asked for on purpose. */
const used = new RegExp(
  `\\$(?:\\{(${hostVariables.join("|")})\\}|(${hostVariables.join("|")})\\b)`,
  "g",
);

function findPaths({ file, text, line, expands, host }: ChrootText, stage: string): Finding[] {
  const isOwn = (name: string) => {
    const assigned = new RegExp(`(?:^|[\\s;(])${name}=`, "m");
    if (assigned.test(text)) return true;
    // Whatever a script on the host calls so, the root of the image stays on the host.
    return expands && !name.endsWith("ROOTFS_DIR") && host !== undefined && assigned.test(host);
  };
  return text.split("\n").flatMap((source, index) => {
    const code = source.replace(/(?:^|\s)#.*$/, (comment) => " ".repeat(comment.length));
    return [...code.matchAll(used)].flatMap((found) => {
      const name = found[1] ?? found[2] ?? "";
      if (isOwn(name)) return [];
      const place = { file, line: line + index, column: found.index + 1, stage };
      return [{ code: "HOST_PATH_IN_CHROOT" as const, ...place, data: { variable: found[0] } }];
    });
  });
}
