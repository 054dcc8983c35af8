import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PibuildError } from "@pibuild/core";
import { elfPatterns, type ForeignArch, ownHandlerNames } from "../foreign-arch.ts";
import { registerLine } from "../kernel/register-line.ts";
import { findQemu } from "../register/find-qemu.ts";
import { type HostOptions, requireRoot } from "../register/host.ts";
import { ownFlags } from "../register/ways.ts";
import { judgeHandler } from "../status/judge-handler.ts";
import { bootDirectories, bootRegistrations } from "./boot-files.ts";

/** Where distributions keep the program that registers when the host starts. */
const registrars = ["/usr/lib/systemd/systemd-binfmt", "/lib/systemd/systemd-binfmt"];

/**
 * Makes systemd register a handler for an architecture whenever the host starts, and gives the
 * file that says so: one that is there already, or ours. Throws ENV_UNSUPPORTED without systemd.
 */
export async function persistBinfmt(arch: ForeignArch, options: HostOptions = {}): Promise<string> {
  const { bootDirectories: directories = bootDirectories } = options;
  if (!registrars.some((path) => existsSync(path))) {
    throw new PibuildError("ENV_UNSUPPORTED", {
      what: "nothing here registers handlers when the host starts: it has no systemd-binfmt",
      hint: "leave `--persist` out, and register after each start",
    });
  }
  const last = (await bootRegistrations(arch, directories)).at(-1);
  if (last !== undefined) {
    const { defect } = await judgeHandler({ enabled: true, offset: 0, ...last });
    if (defect === undefined) return last.file;
  }
  requireRoot("registering at every start", `register --persist --arch ${arch}`);
  const path = ownBootFile(arch, directories);
  const name = ownHandlerNames[arch];
  const interpreter = await findQemu(arch);
  const line = registerLine({ name, ...elfPatterns[arch], interpreter, flags: ownFlags });
  await mkdir(join(path, ".."), { recursive: true });
  const note = "# Written by `npx @pibuild/binfmt register --persist`; its `undo` removes it.";
  await writeFile(path, `${note}\n${line}\n`);
  return path;
}

/** Removes our file, and gives its path where there was one. */
export async function forgetAtBoot(
  arch: ForeignArch,
  options: HostOptions = {},
): Promise<string | undefined> {
  const path = ownBootFile(arch, options.bootDirectories);
  if (!existsSync(path)) return undefined;
  await rm(path);
  return path;
}

/** Comes after all of a distribution's files: what is registered last is taken. */
export function ownBootFile(arch: ForeignArch, directories = bootDirectories): string {
  return join(directories[0] ?? "", `zz-${ownHandlerNames[arch]}.conf`);
}
