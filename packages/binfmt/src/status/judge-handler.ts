import type { Handler } from "../kernel/handler.ts";
import { interpreterKind } from "./interpreter.ts";

/** Why programs do not run with a handler, or not in a chroot. */
export type Defect = "interpreter-missing" | "no-fix-flag" | "interpreter-dynamic" | "argv0-flag";

/** A handler with what is wrong with it, whether or not it is switched on. */
export interface JudgedHandler extends Handler {
  readonly defect?: Defect;
  /** One line for people. */
  readonly detail: string;
}

/** Says whether a handler, where it is switched on, runs programs also in a chroot. */
export async function judgeHandler(handler: Handler): Promise<JudgedHandler> {
  const { name, interpreter, flags } = handler;
  const fixed = flags.includes("F");
  const kind = await interpreterKind(interpreter);
  const bad = (defect: Defect, what: string) => ({
    ...handler,
    defect,
    detail: `handler ${name} ${what}`,
  });
  // With F the kernel holds the interpreter open since the registration. Its path may lie in a
  // container that is gone, and says nothing any more.
  if (!fixed && kind === "missing") {
    return bad("interpreter-missing", `names ${interpreter}, which does not exist`);
  }
  if (!fixed) return bad("no-fix-flag", "lacks flag F: it works outside of a chroot only");
  if (kind === "dynamic") {
    return bad("interpreter-dynamic", `has flag F, but ${interpreter} needs libraries of the host`);
  }
  // Debian's qemu goes by that name: it takes the first argument for argv[0].
  if (interpreter.endsWith("-binfmt-P") && !flags.includes("P")) {
    return bad("argv0-flag", `lacks flag P, which ${interpreter} relies on`);
  }
  return { ...handler, detail: `handler ${name} runs ${interpreter}` };
}
