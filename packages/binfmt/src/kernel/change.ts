import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, isPibuildError, PibuildError } from "@pibuild/core";
import { type Registration, registerLine } from "./register-line.ts";

/** Registers a handler; the kernel puts it before all others. Throws ENV_BINFMT_REFUSED. */
export async function addHandler(directory: string, registration: Registration): Promise<void> {
  const path = join(directory, "register");
  await write(path, registerLine(registration), `registering \`${registration.name}\``);
}

/** Switches a handler on or off; `status` stands for all of them. Throws ENV_BINFMT_REFUSED. */
export async function switchHandler(directory: string, name: string, on: boolean): Promise<void> {
  const task = `switching \`${name}\` ${on ? "on" : "off"}`;
  await write(join(directory, name), on ? "1" : "0", task);
}

/** Takes a handler away; nothing happens where it is gone already. Throws ENV_BINFMT_REFUSED. */
export async function removeHandler(directory: string, name: string): Promise<void> {
  await write(join(directory, name), "-1", `removing \`${name}\``).catch((error: unknown) => {
    if (!(error instanceof PibuildError && isAbsent(error.cause))) throw error;
  });
}

/** Mounts binfmt_misc. Throws ENV_BINFMT_UNSUPPORTED where the kernel has none, ENV_BINFMT_REFUSED. */
export async function mountBinfmt(exec: Exec, directory: string): Promise<void> {
  const args = ["-t", "binfmt_misc", "binfmt_misc", directory];
  try {
    await exec.run({ program: "mount", args });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    // Asked only now: mounting loads the module.
    const known = await readFile("/proc/filesystems", "utf8");
    if (!/^nodev\tbinfmt_misc$/m.test(known)) {
      throw new PibuildError("ENV_BINFMT_UNSUPPORTED", { directory }, { cause: error });
    }
    const reason = error.data.tail[0] ?? error.message;
    const task = "mounting binfmt_misc";
    throw new PibuildError("ENV_BINFMT_REFUSED", { task, path: directory, reason });
  }
}

/** An entry is never made by writing to it: `r+` keeps a name that is gone from being one. */
async function write(path: string, text: string, task: string): Promise<void> {
  await writeFile(path, text, { flag: "r+" }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code ?? error.message;
    throw new PibuildError("ENV_BINFMT_REFUSED", { task, path, reason }, { cause: error });
  });
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
