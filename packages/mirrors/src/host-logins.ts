import type { Login } from "@pibuild/core";
import { readAptFiles } from "./apt-files.ts";
import { parseAuthConf } from "./auth-conf.ts";
import { type HostMirrorsOptions, hostMirrors } from "./host-mirrors.ts";

/**
 * The logins that this host's own apt has for servers: those in its sources, then those of
 * apt_auth.conf(5). A file that is closed to us has none.
 */
export async function hostLogins({
  aptDirectory = "/etc/apt",
}: HostMirrorsOptions = {}): Promise<Login[]> {
  const sources = await hostMirrors({ aptDirectory });
  const files = await readAptFiles(aptDirectory, { file: "auth.conf", endings: [".conf"] });
  return [
    ...sources.flatMap(({ login }) => login ?? []),
    ...files.flatMap(({ text }) => parseAuthConf(text)),
  ];
}
