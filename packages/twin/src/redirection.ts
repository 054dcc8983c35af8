import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  binfmtStatus,
  embedQemu,
  type NativePrograms,
  otherRegistrations,
  registration,
  twinPath,
} from "@pibuild/binfmt";
import {
  type Exec,
  findProgram,
  isPibuildError,
  type OwnProgram,
  pidNamespace,
  requirePrograms,
  startTime,
} from "@pibuild/core";
import type { TwinChoice } from "./twin-variable.ts";

/** How a step is started so that its arm64 programs reach the redirect. */
export interface Redirection {
  /** `private`: nobody else on the machine sees it. `shared`: for all of it, while a step runs. */
  readonly kind: "private" | "shared";
  readonly program: OwnProgram;
  /** Goes before the step's own command. */
  readonly prefix: readonly string[];
}

const name = "pibuild-twin";

/** The better of the two ways that works here, found by trying; or why neither does. For root. */
export async function findRedirection(
  exec: Exec,
  choice: TwinChoice,
  native: NativePrograms,
  interpreter: string,
): Promise<Redirection | { readonly why: string }> {
  if (!existsSync("/proc/self/ns/pid")) return { why: "there is no /proc" };
  const ways = [
    await privateRedirection(native, interpreter),
    await sharedRedirection(native, interpreter),
  ];
  let why = "";
  for (const way of ways.filter(({ kind }) => choice === "any" || choice === kind)) {
    try {
      await exec.run({ program: way.program, args: [...way.prefix, "true"], quiet: true });
      return way;
    } catch (error) {
      if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
      why ||= error.data.tail.join(" ");
    }
  }
  return { why };
}

/** The redirect with this host's qemu inside, in a file that the kernel opens to register it. */
export async function writeInterpreter(native: NativePrograms, path: string): Promise<void> {
  requirePrograms(["qemu-aarch64-static"]);
  const qemu = await readFile(findProgram("qemu-aarch64-static") ?? "");
  await writeFile(path, embedQemu(await readFile(native.redirect), qemu), { mode: 0o755 });
}

/** Needs Linux 6.7: binfmt_misc in a user namespace of its own. */
async function privateRedirection(
  native: NativePrograms,
  interpreter: string,
): Promise<Redirection> {
  const file = `${interpreter}.private`;
  // A namespace's own binfmt_misc hides the machine's: what else runs there has to run here too.
  const lines = [registration(name, interpreter), ...(await otherRegistrations("arm64"))];
  await writeFile(file, lines.join("\n"));
  const prefix = ["private", file, "--"];
  return { kind: "private", program: { path: native.twin }, prefix };
}

/** The entry has its owner in its name, so that what a killed build left can be told. */
async function sharedRedirection(
  native: NativePrograms,
  interpreter: string,
): Promise<Redirection> {
  const { pid } = process;
  const own = `${name}-${await pidNamespace()}-${pid}-${await startTime(pid)}`;
  const { handler } = await binfmtStatus("arm64");
  const credentials = handler?.flags.includes("C") ?? false;
  const file = `${interpreter}.shared`;
  await writeFile(file, registration(own, interpreter, { credentials }));
  const prefix = ["shared", own, file, "--"];
  return { kind: "shared", program: { path: native.twin }, prefix };
}

/** Takes back what builds registered for the whole machine before they were killed; gives the names. */
export async function sweepRegistrations(): Promise<string[]> {
  const entries = await readdir(twinPath).catch(() => []);
  const ours = entries.filter((entry) => entry.startsWith(name));
  // Another system, or a machine without /proc, has none, and no namespaces to ask for either.
  const namespace = ours.length === 0 ? "" : await pidNamespace();
  const swept: string[] = [];
  for (const entry of ours) {
    // A number of another container's says nothing here.
    const [, pid, started] = new RegExp(`^${name}-${namespace}-(\\d+)-(\\d+)$`).exec(entry) ?? [];
    if (pid === undefined || (await startTime(Number(pid))) === started) continue;
    await writeFile(join(twinPath, entry), "-1").then(
      () => swept.push(entry),
      () => undefined,
    );
  }
  return swept;
}
