import type { Exec } from "@pibuild/core";
import type { ForeignArch } from "../foreign-arch.ts";
import { handles } from "../kernel/handler.ts";
import { binfmtDirectory, readHandlers } from "../kernel/read-handlers.ts";
import { type Trial, tryProgram } from "../trial/try-program.ts";
import { elsewhere, judgeHandlers, settle } from "./find-state.ts";
import { judgeHandler } from "./judge-handler.ts";
import { type BinfmtStatus, runs, type StateFound } from "./state.ts";

export interface BinfmtOptions {
  readonly directory?: string;
  /** The host's own architecture, in Node's words. */
  readonly hostArch?: string;
  readonly platform?: NodeJS.Platform;
  /** With it a program is really run, and that decides. */
  readonly exec?: Exec;
}

/** Says whether programs of an architecture run on this host, also inside a chroot. */
export async function binfmtStatus(
  arch: ForeignArch,
  options: BinfmtOptions = {},
): Promise<BinfmtStatus> {
  const { directory = binfmtDirectory, hostArch = process.arch, exec } = options;
  const { platform = process.platform } = options;
  const misc = await readHandlers(directory);
  const matching = (misc?.handlers ?? []).filter((handler) => handles(handler, arch));
  const handlers = await Promise.all(matching.map(judgeHandler));
  const rest = { arch, handlers, trial: "untried" as Trial };
  if (hostArch === arch) {
    return finish({ state: "native", detail: `this host is ${arch} itself` }, rest);
  }
  if (platform !== "linux") return finish(elsewhere(arch), rest);
  const found = judgeHandlers(arch, directory, misc, handlers);
  const trial = exec === undefined ? "untried" : await tryProgram(exec, arch);
  const settled = settle(found, trial, arch, hostArch);
  const settledHandlers = handlers.map((each) =>
    each.name === settled.handler?.name ? settled.handler : each,
  );
  return finish(settled, { ...rest, handlers: settledHandlers, trial });
}

function finish(
  found: StateFound,
  rest: Pick<BinfmtStatus, "arch" | "handlers" | "trial">,
): BinfmtStatus {
  const chroot = runs(found);
  // These two look for qemu, or for its libraries, where the program is.
  const here = chroot || found.state === "no-fix-flag" || found.state === "interpreter-dynamic";
  return { ...rest, ...found, works: { here, chroot, container: chroot } };
}
