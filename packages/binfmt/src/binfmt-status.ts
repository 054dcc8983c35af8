import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { ForeignArch } from "./foreign-arch.ts";
import { type Handler, handles, readHandlers } from "./handler.ts";

/** Where the kernel shows its handlers. */
export const binfmtDirectory = "/proc/sys/fs/binfmt_misc";

export type BinfmtState =
  | "native"
  | "usable"
  | "no-binfmt-misc"
  | "unregistered"
  | "disabled"
  | "interpreter-missing"
  | "no-fix-flag";

export interface BinfmtStatus {
  readonly state: BinfmtState;
  readonly handler?: Handler;
  /** One line for people. */
  readonly detail: string;
  /** Commands for a root shell that would mend it. */
  readonly fix?: readonly string[];
}

export interface BinfmtOptions {
  readonly directory?: string;
  /** The host's own architecture, in Node's words. */
  readonly hostArch?: string;
}

const install = "apt-get install --yes qemu-user-static";

/** Says whether programs of an architecture run on this host, also inside a chroot. */
export async function binfmtStatus(
  arch: ForeignArch,
  { directory = binfmtDirectory, hostArch = process.arch }: BinfmtOptions = {},
): Promise<BinfmtStatus> {
  if (hostArch === arch) return { state: "native", detail: `this host is ${arch} itself` };
  const misc = await readHandlers(directory);
  if (misc === undefined) {
    return {
      state: "no-binfmt-misc",
      detail: `binfmt_misc is not mounted at ${directory}`,
      fix: [`mount -t binfmt_misc binfmt_misc ${directory}`, install],
    };
  }
  const found = await Promise.all(
    misc.handlers.filter((handler) => handles(handler, arch)).map((h) => judge(h, directory)),
  );
  if (found.length === 0) {
    const detail = `no handler is registered for ${arch} programs`;
    return { state: "unregistered", detail, fix: [install] };
  }
  if (!misc.enabled) {
    return {
      state: "disabled",
      detail: "binfmt_misc is switched off as a whole",
      fix: [`echo 1 > ${join(directory, "status")}`],
    };
  }
  // The kernel takes the newest that is enabled, but does not tell which that is.
  const order: BinfmtState[] = ["usable", "no-fix-flag", "interpreter-missing", "disabled"];
  return found.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0] as BinfmtStatus;
}

async function judge(handler: Handler, directory: string): Promise<BinfmtStatus> {
  const { name, interpreter, flags } = handler;
  const file = join(directory, name);
  if (!handler.enabled) {
    const fix = [`echo 1 > ${file}`];
    return { state: "disabled", handler, detail: `handler ${name} is switched off`, fix };
  }
  // With F the kernel holds the interpreter open since the registration. Its path may lie in a
  // container that is gone, and says nothing any more.
  if (flags.includes("F")) {
    return { state: "usable", handler, detail: `handler ${name} runs ${interpreter}` };
  }
  const fix = [install, `echo -1 > ${file}`, "pibuild doctor --fix"];
  const there = await access(interpreter, constants.X_OK).then(
    () => true,
    () => false,
  );
  return there
    ? {
        state: "no-fix-flag",
        handler,
        detail: `handler ${name} lacks flag F: it works outside of a chroot only`,
        fix,
      }
    : {
        state: "interpreter-missing",
        handler,
        detail: `handler ${name} names ${interpreter}, which does not exist`,
        fix,
      };
}
