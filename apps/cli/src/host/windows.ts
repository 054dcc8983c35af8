import { statSync } from "node:fs";
import { type Exec, isPibuildError } from "@pibuild/core";
import { detectWindows, type ProgramAnswer, type WindowsHost } from "@pibuild/host";

/** What this Windows machine has for running Linux programs; undefined on others. */
export async function readWindows(
  exec: Exec,
  env: NodeJS.ProcessEnv,
  path: (name: string) => string | undefined,
  platform: NodeJS.Platform = process.platform,
): Promise<WindowsHost | undefined> {
  if (platform !== "win32") return undefined;
  const program = path("wsl");
  const ask = async (...args: string[]): Promise<{ answer?: ProgramAnswer }> =>
    program === undefined ? {} : { answer: await answerOf(exec, program, args) };
  const { answer: wslStatus } = await ask("--status");
  const { answer: wslList } = await ask("--list", "--verbose");
  return detectWindows({
    env,
    isFile: (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true,
    ...(wslStatus && { wslStatus }),
    ...(wslList && { wslList }),
  });
}

/** What wsl.exe says, also where it refuses: its exit codes are Windows' own, of any number. */
async function answerOf(exec: Exec, program: string, args: string[]): Promise<ProgramAnswer> {
  try {
    const { exitCode, stdout, stderr } = await exec.run({ program: { path: program }, args });
    return { exitCode, output: `${stdout}${stderr}` };
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return { exitCode: error.data.exitCode ?? 1, output: error.data.tail.join("\n") };
  }
}
