import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  embedQemu,
  type NativePrograms,
  nativePrograms,
  registration,
  standIns,
  twinMount,
} from "@pibuild/binfmt";
import { findProgram, isPibuildError, type OwnProgram } from "@pibuild/core";
import type { RunContext } from "../run/run-context.ts";
import { findTwin } from "./find-twin.ts";

/** How a step is started so that its arm64 programs are redirected to the twin's. */
export interface Twin {
  readonly program: OwnProgram;
  /** Goes before the step's own command. */
  readonly prefix: readonly string[];
}

/** The variable that turns the twin off. */
export const twinVariable = "PIBUILD_TWIN";

const off = (env: NodeJS.ProcessEnv) =>
  ["0", "off", "no", "false"].includes(env[twinVariable] ?? "");

/**
 * Lays out the twin of the image's release for the steps of this run, below `twinMount`. Undefined
 * where programs are emulated: by choice, on arm64, or because this host cannot do better, which
 * is said once. Must run as root in a prepared namespace.
 */
export async function prepareTwin(
  context: RunContext,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Twin | undefined> {
  const { exec, image, emit } = context;
  const native = nativePrograms();
  if (off(env) || process.arch === "arm64" || image.arch !== "arm64") return undefined;
  const explain = (message: string) => {
    emit({
      type: "notice",
      level: "warning",
      message: `without a twin, which is slower: ${message}`,
    });
    return undefined;
  };
  if (native === undefined) return explain("its programs were not built (musl-tools is missing)");
  const qemu = findProgram("qemu-aarch64-static");
  if (qemu === undefined) return explain("qemu-aarch64-static is missing (qemu-user-static)");
  const twin = await layOut(native, qemu);
  try {
    await exec.run({ program: twin.program, args: [...twin.prefix, "true"] });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return explain(error.data.tail.join(" "));
  }
  const tree = join(twinMount, "tree");
  await mkdir(tree);
  const options = "loop,ro,nodev,nosuid";
  const blob = await findTwin(context, native);
  await exec.run({ program: "mount", args: ["-t", "squashfs", "-o", options, blob, tree] });
  await standIn(context, native);
  return twin;
}

/** The redirect with this host's qemu inside, where the kernel opens it at each registration. */
async function layOut(native: NativePrograms, qemu: string): Promise<Twin> {
  await mkdir(twinMount, { recursive: true });
  const interpreter = join(twinMount, "redirect");
  const whole = embedQemu(await readFile(native.redirect), await readFile(qemu));
  await writeFile(interpreter, whole, { mode: 0o755 });
  return { program: { path: native.twin }, prefix: ["run", registration(interpreter), "--"] };
}

/**
 * Puts `twin` in the place of the programs that start others in a chroot, for this run's namespace
 * only: PATH stays as it is, and a script that names one by its path finds it as well.
 */
async function standIn({ exec }: RunContext, native: NativePrograms): Promise<void> {
  const real = join(twinMount, "real");
  await mkdir(real);
  for (const name of standIns) {
    const path = findProgram(name);
    if (path === undefined) continue;
    await writeFile(join(real, name), "");
    await exec.run({ program: "mount", args: ["--bind", path, join(real, name)] });
    await exec.run({ program: "mount", args: ["--bind", native.twin, path] });
  }
}
