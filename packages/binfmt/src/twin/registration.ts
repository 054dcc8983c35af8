import { existsSync } from "node:fs";
import { elfPatterns, type ForeignArch } from "../foreign-arch.ts";
import { handles } from "../kernel/handler.ts";
import { readHandlers } from "../kernel/read-handlers.ts";
import { registerLine } from "../kernel/register-line.ts";
import { twinPath } from "./paths.ts";

/**
 * The text that registers the redirect for arm64 programs. P: the program's own argv[0] comes
 * through. O: also programs that may be run but not read. F: the file is opened now, and found
 * from every chroot. C only where it stands in for a handler that has it, for programs of others.
 */
export function registration(
  name: string,
  interpreter: string,
  { credentials = false }: { readonly credentials?: boolean } = {},
): string {
  const flags = credentials ? "OPFC" : "OPF";
  return registerLine({ name, ...elfPatterns.arm64, interpreter, flags });
}

/**
 * The texts that register once more the machine's handlers of all other architectures, the oldest
 * first: the kernel takes the newest.
 */
export async function otherRegistrations(arch: ForeignArch): Promise<string[]> {
  const machine = await readHandlers(twinPath);
  if (machine === undefined || !machine.enabled) return [];
  return machine.handlers
    .filter((handler) => handler.enabled && !handles(handler, arch))
    .filter(({ interpreter }) => existsSync(interpreter))
    .map(registerLine)
    .reverse();
}
