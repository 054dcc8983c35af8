import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loginFor } from "@pibuild/core";
import { formatAuthConf } from "@pibuild/mirrors";
import { fetchDirectory } from "./paths.ts";
import type { RunSpec } from "./run-spec.ts";

/** How often what a server refuses for now is asked for again. */
const retries = 5;

/** For every apt that works on an image: each time it waits longer, apt.conf(5). */
export const aptRetries = `Acquire::Retries "${retries}";`;

/** What an apt of this machine, which works on a tree from outside, is told besides. */
export const aptOptions: readonly string[] = [
  aptRetries,
  `Dir::Etc::netrcparts "${join(fetchDirectory, "apt")}";`,
];

/** wget by itself gives up on a server that says "not now". */
const wgetRetries = [
  `tries = ${retries + 1}`,
  "waitretry = 10",
  "retry_connrefused = on",
  "retry_on_http_error = 429,500,502,503,504",
];

/**
 * Writes what programs outside of the chroot fetch with: `apt` for apt (see `aptOptions`), `wgetrc`
 * and `.netrc` for debootstrap's wget, whose HOME and WGETRC have to lead here. For root alone.
 */
export async function writeFetchFiles(
  directory: string,
  { logins, variables }: Pick<RunSpec, "logins" | "variables">,
): Promise<void> {
  await mkdir(join(directory, "apt"), { recursive: true, mode: 0o700 });
  const write = (name: string, text: string) =>
    writeFile(join(directory, name), text, { mode: 0o600 });
  await write("apt/pibuild.conf", formatAuthConf(logins));
  // A netrc knows a host, and neither a scheme nor a path.
  const hosts = logins.map((login) => ({
    ...login,
    machine: login.machine.replace(/^[^/]*:\/\//, "").replace(/[:/].*$/, ""),
  }));
  await write(".netrc", formatAuthConf(hosts));
  const proxy = loginFor(variables.APT_PROXY ?? "", logins);
  const asked = proxy && [`proxy_user = ${proxy.user}`, `proxy_password = ${proxy.password}`];
  await write("wgetrc", [...wgetRetries, ...(asked ?? []), ""].join("\n"));
}
