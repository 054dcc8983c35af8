import { realpath } from "node:fs/promises";
import { createExec, joinLogins } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import { hostDebianMirrors, hostLogins } from "@pibuild/mirrors";
import { insidePath } from "./inside-path.ts";
import { loginMounts } from "./login-mounts.ts";
import type { ContainerVenue } from "./open-container.ts";
import { passedVariables, pathVariables } from "./passed-variables.ts";
import { cacheDirectory, cacheVolume, nodePath } from "./paths.ts";
import type { ContainerRequest } from "./run-arguments.ts";
import { type EndedContainer, type RunOptions, runContainer } from "./run-container.ts";
import { sharedDirectories } from "./shared-directories.ts";

/** The value of PIBUILD_OWNER for a process that is to end when its standard input does. */
export const ownerAtInput = "stdin";

export interface InsideOptions extends RunOptions {
  /** Arguments of pibuild. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly input: NonNullable<ContainerRequest["input"]>;
  readonly variables?: Readonly<Record<string, string>>;
  /** Variables whose values no list of processes shows. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Whose the results are to be; root's where nobody is named. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Runs pibuild itself in a container, as it runs natively, on the same workspace. */
export async function runInside(
  venue: ContainerVenue,
  { args, cwd, input, owner, variables, hidden: given = {}, ...options }: InsideOptions,
): Promise<EndedContainer> {
  const { engine, settled, env } = venue;
  // Of a mirror, too: its address may have a login.
  const hidden = { ...(await mirrorVariables(venue)), ...given };
  return runContainer(
    engine,
    {
      ...settled,
      image: venue.venueImage,
      entrypoint: nodePath,
      args: [insidePath(await realpath(process.argv[1] ?? "")), ...args],
      cwd: insidePath(cwd),
      input,
      mounts: [
        { type: "volume", source: cacheVolume, target: cacheDirectory },
        ...(await sharedDirectories(venue)),
        ...loginMounts(),
      ],
      variables: {
        ...Object.fromEntries(Object.keys(hidden).map((name) => [name, undefined])),
        ...passedVariables(env),
        ...pathVariables(env),
        PIBUILD_CACHE: cacheDirectory,
        ...variables,
        ...(input === "pipe" && options.interactive !== true
          ? { PIBUILD_OWNER: ownerAtInput }
          : {}),
        ...(owner === undefined
          ? {}
          : { SUDO_UID: String(owner.uid), SUDO_GID: String(owner.gid) }),
      },
    },
    { signal: venue.signal, ...options, env: { ...options.env, ...hidden } },
  );
}

/**
 * The mirrors that this machine uses, for what image.yaml leaves open: steps then see the same
 * wherever they run. One on this machine itself is out of reach of a network of its own.
 */
async function mirrorVariables({
  image,
  settled,
  env,
}: ContainerVenue): Promise<Record<string, string>> {
  const logins = await hostLogins();
  const { main, security } = await hostDebianMirrors(image, {
    ...{ exec: createExec(), file: hostDirectories(env).mirrors, env },
    ...{ logins: [...image.logins, ...logins], proxy: image.settings.APT_PROXY },
  });
  const found = { APT_MIRROR: main, APT_SECURITY_MIRROR: security };
  const variables: Record<string, string> = {};
  for (const [name, url] of Object.entries(found)) {
    if (url === undefined || image.settings[name as keyof typeof found] !== "") continue;
    const { hostname } = new URL(url);
    const local = hostname === "localhost" || hostname.startsWith("127.") || hostname === "[::1]";
    if (settled.network.kind === "host" || !local) variables[name] = joinLogins(url, logins);
  }
  return variables;
}
