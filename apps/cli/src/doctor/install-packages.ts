import { type Exec, findProgram, PibuildError } from "@pibuild/core";

/** The command line that installs Debian packages, for people. */
export function installCommand(
  packages: readonly string[],
  options: readonly string[] = [],
): string {
  return ["apt-get", "install", ...options, ...packages].join(" ");
}

/**
 * Installs Debian packages as root or through sudo, with further options for apt-get. The list is
 * shown before anything happens.
 */
export async function installPackages(
  exec: Exec,
  packages: readonly string[],
  message: (text: string) => void,
  options: readonly string[] = [],
): Promise<void> {
  if (findProgram("apt-get") === undefined) {
    throw new PibuildError("ENV_UNSUPPORTED", {
      what: `this host has no apt-get; install what brings: ${packages.join(", ")}`,
    });
  }
  message(`installing Debian packages: ${packages.join(" ")}`);
  const quietly = ["-o", "DPkg::Lock::Timeout=300", "--yes", "--no-install-recommends"];
  await asRoot(exec, ["update"], message);
  await asRoot(exec, ["install", ...quietly, ...options, ...packages], message);
}

async function asRoot(
  exec: Exec,
  args: readonly string[],
  message: (text: string) => void,
): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const onLine = (line: string) => message(`  | ${line}`);
  if (process.getuid?.() === 0) {
    await exec.run({ program: "apt-get", args, env, onLine });
    return;
  }
  if (findProgram("sudo") === undefined) {
    throw new PibuildError("ENV_NEEDS_ROOT", { task: "installing Debian packages" });
  }
  await exec.run({
    program: "sudo",
    args: ["--preserve-env=DEBIAN_FRONTEND", "apt-get", ...args],
    env,
    interactive: true,
  });
}
