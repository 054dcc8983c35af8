import type { TextKind } from "./text-kind.ts";

/** A shell that shellcheck knows. */
export type Shell = "bash" | "sh" | "dash" | "ksh";

const shebang = /^#!\s*(?:\S*\/)?(?:env\s+(?:-S\s+)?)?(\S+)/;

/** The shell that will read a text, undefined for other interpreters and for what is no script. */
export function shellOf(kind: TextKind, text: string): Shell | undefined {
  // What stands in its first line is a comment: it is fed to bash.
  if (kind === "run-chroot") return "bash";
  if (kind !== "run" && kind !== "prerun") return undefined;
  // Without an interpreter of its own bash reads it.
  if (!text.startsWith("#!")) return "bash";
  const name = shebang.exec(text)?.[1];
  return (["bash", "sh", "dash", "ksh"] as const).find((shell) => shell === name);
}
