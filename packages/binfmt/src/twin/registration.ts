import { elfPatterns } from "../foreign-arch.ts";
import { registerLine } from "../register-line.ts";

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
