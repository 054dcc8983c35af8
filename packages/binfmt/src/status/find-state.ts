import { join } from "node:path";
import type { ForeignArch } from "../foreign-arch.ts";
import type { KernelHandlers } from "../kernel/read-handlers.ts";
import type { Trial } from "../trial/try-program.ts";
import type { JudgedHandler } from "./judge-handler.ts";
import type { StateFound } from "./state.ts";

const install = "apt-get install --yes qemu-user-static";

/** By what is registered: the first that is on is taken, and has to be a good one. */
export function judgeHandlers(
  arch: ForeignArch,
  directory: string,
  misc: KernelHandlers | undefined,
  handlers: readonly JudgedHandler[],
): StateFound {
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
export function settle(
  found: StateFound,
  trial: Trial,
  arch: ForeignArch,
  hostArch: string,
): StateFound {
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

/** Where this is not Linux. */
export function elsewhere(arch: ForeignArch): StateFound {
  const detail = `this is not Linux: ${arch} programs run in the container engine's virtual machine`;
  return { state: "not-linux", detail, fix: [`${command("register", arch)} --container`] };
}

function command(verb: "register" | "repair", arch: ForeignArch): string {
  return `npx @pibuild/binfmt ${verb} --arch ${arch}`;
}
