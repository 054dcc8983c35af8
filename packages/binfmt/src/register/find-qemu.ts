import { existsSync } from "node:fs";
import { findProgram, PibuildError } from "@pibuild/core";
import { type ForeignArch, qemuNames } from "../foreign-arch.ts";
import { interpreterKind } from "../status/interpreter.ts";

/**
 * A qemu that needs nothing around it, and so works in every chroot: the `-static` programs of
 * most distributions, or the plain ones where those are static (Debian 13). Throws
 * ENV_QEMU_MISSING.
 */
export async function findQemu(arch: ForeignArch): Promise<string> {
  const word = qemuNames[arch];
  // Debian registers this link, also where only qemu-user-binfmt's half of the names is there.
  const debian = `/usr/libexec/qemu-binfmt/${word}-binfmt-P`;
  const found = [
    findProgram(`qemu-${word}-static`),
    existsSync(debian) ? debian : undefined,
    findProgram(`qemu-${word}`),
  ].filter((path) => path !== undefined);
  const dynamic: string[] = [];
  for (const path of found) {
    const kind = await interpreterKind(path);
    if (kind === "static") return path;
    if (kind === "dynamic") dynamic.push(path);
  }
  throw new PibuildError("ENV_QEMU_MISSING", { arch, debianPackage: "qemu-user-static", dynamic });
}
