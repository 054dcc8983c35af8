import { readFile, stat } from "node:fs/promises";

/** The Windows Subsystem for Linux that this is. */
export interface OwnWsl {
  readonly version: 1 | 2;
  /** Whether systemd runs in it. */
  readonly systemd: boolean;
}

/** Whether this is WSL, by what its kernel is called and by what WSL sets. */
export async function readOwnWsl(env: NodeJS.ProcessEnv): Promise<OwnWsl | undefined> {
  const release = await readFile("/proc/sys/kernel/osrelease", "utf8").catch(() => "");
  const version = wslVersion(release, env.WSL_DISTRO_NAME !== undefined);
  if (version === undefined) return undefined;
  const systemd = await stat("/run/systemd/system").catch(() => undefined);
  return { version, systemd: systemd !== undefined };
}

/**
 * Version 1 is no Linux and calls itself `4.4.0-19041-Microsoft`; version 2 is one and calls
 * itself `5.15.90.1-microsoft-standard-WSL2`, or anything where the user brought a kernel.
 */
export function wslVersion(release: string, inDistribution: boolean): 1 | 2 | undefined {
  if (/-Microsoft\s*$/.test(release)) return 1;
  return inDistribution || /microsoft|wsl2/i.test(release) ? 2 : undefined;
}
