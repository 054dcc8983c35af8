import { once } from "node:events";
import { findWorkspace } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { openImage } from "@pibuild/graph";
import {
  aptPastProxyLines,
  aptProxyLines,
  describeFault,
  type PackageProxy,
  startProxy,
} from "@pibuild/mirrors";
import { buildCommand, numberParser } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { ownArchives } from "../../mirrors/own-archives.ts";
import { imageParameter } from "../common-parameters.ts";

interface ServeFlags {
  readonly port: number;
}

export const serve = buildCommand<ServeFlags, [image: string], CliContext>({
  docs: {
    brief: "Serve an image's packages to any apt on this machine, until it is stopped",
    fullDescription: [
      "Prints a file for that apt's /etc/apt/apt.conf.d. Builds start a proxy of their own:",
      "this one is for other uses of the same mirrors.",
    ].join("\n"),
  },
  parameters: {
    positional: imageParameter,
    flags: {
      port: {
        kind: "parsed",
        parse: numberParser,
        brief: "The port on loopback; 0 for a free one",
        default: "3142",
      },
    },
  },
  async func(this: CliContext, { port }, name) {
    const workspace = await findWorkspace(this.start);
    const { context } = await openImage({ workspace, name, env: this.env, signal: this.signal });
    const { packages, logins, arch } = context.spec;
    const archives = ownArchives(packages);
    const options = {
      ...{ ...packages, archives, logins, port, exec: context.exec, architectures: [arch] },
      directory: context.directories.packageStore,
    };
    await using proxy: PackageProxy = await startProxy({
      ...options,
      onFault: (fault) =>
        this.message(`${fault.archive}: ${fault.candidate} ${describeFault(fault)}: ${fault.path}`),
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
      const message = `port ${port} is in use: give another with --port, or 0 for a free one`;
      throw new PibuildError("USAGE", { message });
    });
    const past = aptPastProxyLines(archives, this.env.https_proxy);
    for (const line of [...aptProxyLines(proxy.url, archives), ...past]) this.out(line);
    this.message(`serving ${archives.map((each) => each.name).join(", ")} at ${proxy.url}`);
    if (!this.signal.aborted) await once(this.signal, "abort");
  },
});
