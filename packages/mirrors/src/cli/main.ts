import { once } from "node:events";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createExec } from "@pibuild/core";
import { describeFault } from "../fetch/fault.ts";
import { hostLogins } from "../host-logins.ts";
import { hostMirrors } from "../host-mirrors.ts";
import { aptPastProxyLines, aptProxyLines } from "../proxy/apt-conf.ts";
import { startProxy } from "../proxy/start-proxy.ts";
import { policyOf } from "./policy-of.ts";

const usage = `usage: pibuild-mirrors serve [--mirror ADDRESS=MIRROR]... [--port PORT] [--directory DIRECTORY] [--arch ARCH]

Serves the archives of this machine's apt sources, and those of --mirror, on loopback. What it prints
is a file for /etc/apt/apt.conf.d.
  --mirror     a further mirror of the archive with that address; several are asked in turn
  --port       3142; 0 for a free one
  --directory  where packages are kept: ~/.cache/pibuild/packages/by-content
  --arch       Debian's name of the architecture that packages are for, such as arm64
`;

const say = (text: string) => process.stderr.write(`${text}\n`);

async function serve(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      mirror: { type: "string", multiple: true, default: [] },
      port: { type: "string", default: "3142" },
      directory: { type: "string", default: join(homedir(), ".cache/pibuild/packages/by-content") },
      arch: {
        type: "string",
        default: { arm: "armhf", x64: "amd64" }[process.arch as string] ?? process.arch,
      },
    },
  });
  const archives = policyOf(await hostMirrors(), values.mirror);
  await using proxy = await startProxy({
    ...{ exec: createExec(), archives, directory: values.directory, architectures: [values.arch] },
    ...{ port: Number(values.port), logins: await hostLogins() },
    proxyEnv: Object.fromEntries(
      ["http_proxy", "https_proxy", "no_proxy"].flatMap((name) =>
        process.env[name] ? [[name, process.env[name] ?? ""]] : [],
      ),
    ),
    onFault: (fault) => say(`${fault.candidate} ${describeFault(fault)}: ${fault.path}`),
  });
  const past = aptPastProxyLines(archives, process.env.https_proxy);
  for (const line of [...aptProxyLines(proxy.url, archives), ...past])
    process.stdout.write(`${line}\n`);
  say(`serving ${archives.map(({ name }) => name).join(", ")} at ${proxy.url}`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}

const [command, ...args] = process.argv.slice(2);
if (command === "serve") {
  await serve(args).catch((error: Error) => {
    say(`error: ${error.message}`);
    process.exitCode = 2;
  });
} else {
  say(usage);
  process.exitCode = command === "--help" ? 0 : 2;
}
