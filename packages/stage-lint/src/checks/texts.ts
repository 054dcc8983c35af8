import { parseCommands, type StageText } from "@pibuild/pigen-stages";
import { hostText } from "../chroot/chroot-texts.ts";
import type { Finding } from "../finding.ts";
import type { LintCheck } from "./check.ts";

/** What is wrong with a text as a whole: its line ends, its first line, a comment that stays, and their like. */
export const checkTexts: LintCheck = ({ stage, texts }) =>
  texts.flatMap((text) =>
    [lineEnds, shebang, errorsPass, doubledDollar, oneLine].flatMap((check) => {
      const found = check(text);
      return found === undefined ? [] : { ...found, file: text.path, stage: stage.path };
    }),
  );

type Found = Finding extends infer F
  ? F extends Finding
    ? Omit<F, "file" | "stage">
    : never
  : never;

function lineEnds({ kind, text }: StageText): Found | undefined {
  // pi-gen squeezes the white space of two lines and more, which a carriage return is.
  if (isPackages(kind) && !isOneLine(text)) return undefined;
  const index = text.search(/\r(?:\n|$)/);
  if (index === -1) return undefined;
  const before = text.slice(0, index).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { code: "WINDOWS_LINE_ENDS", line: before.length, column, data: {} };
}

function shebang({ kind, executable, text }: StageText): Found | undefined {
  const runs = (kind === "run" || kind === "prerun") && executable;
  if (!runs || text.startsWith("#!")) return undefined;
  return { code: "NO_SHEBANG", line: 1, column: 1, data: {} };
}

/** What stands in the first line of an `NN-run-chroot.sh` is a comment, and pi-gen's bash has `-e`. */
function errorsPass({ kind, executable, shell, text }: StageText): Found | undefined {
  const runs = (kind === "run" || kind === "prerun") && executable && shell !== undefined;
  if (!runs || !text.startsWith("#!") || parseCommands(text).length === 0) return undefined;
  const [first = ""] = text.split("\n");
  if (/\s-\w*e/.test(first) || /^\s*set\s+(?:\S+\s+)*?(?:-\w*e|-o\s+errexit)/m.test(text))
    return undefined;
  return { code: "ERRORS_PASS", line: 1, column: 1, data: {} };
}

function doubledDollar({ kind, shell, text }: StageText): Found | undefined {
  if (shell === undefined || kind === "other") return undefined;
  const found = /\$\$\{?[A-Z][A-Z_]+\}?/.exec(hostText(text));
  if (found === null) return undefined;
  const before = text.slice(0, found.index).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { code: "DOUBLED_DOLLAR", line: before.length, column, data: { text: found[0] } };
}

function oneLine({ kind, text }: StageText): Found | undefined {
  const comment = isPackages(kind) && isOneLine(text) ? /#.*/.exec(text) : null;
  if (comment === null) return undefined;
  const data = { comment: comment[0].trimEnd() };
  return { code: "PACKAGES_ONE_LINE", line: 1, column: comment.index + 1, data };
}

function isPackages(kind: StageText["kind"]): boolean {
  return kind === "packages" || kind === "packages-nr";
}

function isOneLine(text: string): boolean {
  return !text.replace(/\n$/, "").includes("\n");
}
