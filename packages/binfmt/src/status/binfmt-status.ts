import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import type { ForeignArch } from "../foreign-arch.ts";
import { handles } from "../kernel/handler.ts";
import { binfmtDirectory, type KernelHandlers, readHandlers } from "../kernel/read-handlers.ts";
import { type Trial, tryProgram } from "../trial/try-program.ts";
import { type Defect, type JudgedHandler, judgeHandler } from "./judge-handler.ts";

export type BinfmtState =
  | "native"
  | "usable"
  | "not-linux"
  | "no-binfmt-misc"
  | "unregistered"
  | "disabled"
  | "fails"
  | Defect;

export interface BinfmtStatus {
  readonly arch: ForeignArch;
  readonly state: BinfmtState;
  /** The handler that the kernel takes; where none is switched on, the newest. */
  readonly handler?: JudgedHandler;
  /** All that match, in the kernel's order: the newest first, and the first that is on is taken. */
  readonly handlers: readonly JudgedHandler[];
  /** Where programs of the architecture run. */
  readonly works: { readonly here: boolean; readonly chroot: boolean; readonly container: boolean };
  /** What a tiny program in an empty chroot did; `untried` where no `exec` was given. */
  readonly trial: Trial;
  /** One line for people. */
  readonly detail: string;
  /** Commands for a root shell that would mend it. */
  readonly fix?: readonly string[];
}

export interface BinfmtOptions {
  readonly directory?: string;
  /** The host's own architecture, in Node's words. */
  readonly hostArch?: string;
  readonly platform?: NodeJS.Platform;
  /** With it a program is really run, and that decides. */
  readonly exec?: Exec;
}

type Finding = Pick<BinfmtStatus, "state" | "detail" | "fix" | "handler">;

const install = "apt-get install --yes qemu-user-static";

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
  const found = judge(arch, directory, misc, handlers);
  const trial = exec === undefined ? "untried" : await tryProgram(exec, arch);
  const settled = tried(found, trial, arch, hostArch);
  const settledHandlers = handlers.map((each) =>
    each.name === settled.handler?.name ? settled.handler : each,
  );
  return finish(settled, { ...rest, handlers: settledHandlers, trial });
}

/** Whether a build can rely on it. */
export function runs({ state }: Pick<BinfmtStatus, "state">): boolean {
  return state === "native" || state === "usable";
}

function judge(
  arch: ForeignArch,
  directory: string,
  misc: KernelHandlers | undefined,
  handlers: readonly JudgedHandler[],
): Finding {
  if (misc === undefined) {
    const detail = `binfmt_misc is not mounted at ${directory}`;
    const fix = [
      `mount -t binfmt_misc binfmt_misc ${directory}`,
      install,
      command("register", arch),
    ];
    return { state: "no-binfmt-misc", detail, fix };
  }
  const handler = handlers.find(({ enabled }) => enabled) ?? handlers[0];
  if (handler === undefined) {
    const detail = `no handler is registered for ${arch} programs`;
    return { state: "unregistered", detail, fix: [install, command("register", arch)] };
  }
  if (!misc.enabled) {
    const fix = [`echo 1 > ${join(directory, "status")}`];
    return { state: "disabled", handler, detail: "binfmt_misc is switched off as a whole", fix };
  }
  const { name, enabled, defect, detail } = handler;
  if (!enabled) {
    const fix = [`echo 1 > ${join(directory, name)}`];
    return { state: "disabled", handler, detail: `handler ${name} is switched off`, fix };
  }
  if (defect === undefined) return { state: "usable", handler, detail };
  return { state: defect, handler, detail, fix: [install, command("repair", arch)] };
}

/** What was tried counts for more than what the handlers look like. */
function tried(found: Finding, trial: Trial, arch: ForeignArch, hostArch: string): Finding {
  const { handler } = found;
  if (trial === "ran" && found.state !== "usable") {
    if (!handler?.enabled) {
      // Many 64-bit processors run 32-bit programs.
      return hostArch === "arm64"
        ? { state: "native", detail: `this host runs ${arch} programs itself` }
        : { state: "usable", detail: `${arch} programs run, by a handler that is not seen here` };
    }
    // It was opened elsewhere: what is at its path here is another one.
    const { defect: _defect, ...rest } = handler;
    const detail = `handler ${handler.name} runs ${arch} programs`;
    return { state: "usable", handler: { ...rest, detail }, detail };
  }
  if (trial === "failed" && found.state === "usable") {
    const detail = `${found.detail}, but an ${arch} program does not run in a chroot`;
    return { ...found, state: "fails", detail, fix: [install, command("repair", arch)] };
  }
  return found;
}

function elsewhere(arch: ForeignArch): Finding {
  const detail = `this is not Linux: ${arch} programs run in the container engine's virtual machine`;
  return { state: "not-linux", detail, fix: [`${command("register", arch)} --container`] };
}

function finish(
  found: Finding,
  rest: Pick<BinfmtStatus, "arch" | "handlers" | "trial">,
): BinfmtStatus {
  const chroot = runs(found);
  // These two look for qemu, or for its libraries, where the program is.
  const here = chroot || found.state === "no-fix-flag" || found.state === "interpreter-dynamic";
  return { ...rest, ...found, works: { here, chroot, container: chroot } };
}

function command(verb: "register" | "repair", arch: ForeignArch): string {
  return `npx @pibuild/binfmt ${verb} --arch ${arch}`;
}
