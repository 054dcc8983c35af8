import { elfPatterns } from "../foreign-arch.ts";
import { registerLine } from "../register-line.ts";

/**
 * The text that registers the redirect for arm64 programs. P: the program's own argv[0] comes
 * through. O: also programs that may be run but not read. F: the file is opened now, and found
 * from every chroot.
 */
export function registration(interpreter: string): string {
  return registerLine({ name: "pibuild-twin", ...elfPatterns.arm64, interpreter, flags: "OPF" });
}
