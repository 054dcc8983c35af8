import { findWorkspace } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { openImage } from "@pibuild/graph";
import { probeMirrors } from "@pibuild/mirrors";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { mirrorTable } from "../../mirrors/mirror-table.ts";
import { ownArchives } from "../../mirrors/own-archives.ts";
import { imageParameter, jsonFlag } from "../common-parameters.ts";

interface StatusFlags {
  readonly json: boolean;
}

/** Asks the mirrors of an image. Throws MIRROR_UNREACHABLE where an archive has none that delivers. */
function ask(throughput: boolean) {
  return async function (this: CliContext, { json }: StatusFlags, name: string): Promise<void> {
    const workspace = await findWorkspace(this.start);
    const { context, image } = await openImage({
      workspace,
      name,
      env: this.env,
      signal: this.signal,
    });
    const { packages, logins, release, arch } = context.spec;
    const states = await probeMirrors({
      ...packages,
      archives: ownArchives(packages),
      ...{ logins, throughput, architecture: arch },
      suiteOf: (archive) => (archive === "debian-security" ? `${release}-security` : release),
    });
    if (json) this.json({ schema: 1, image: image.name, mirrors: states });
    else for (const line of mirrorTable(states)) this.out(line);
    for (const { archive } of states) {
      const own = states.filter((state) => state.archive === archive);
      if (own.some(({ fault }) => fault === undefined)) continue;
      throw new PibuildError("MIRROR_UNREACHABLE", {
        url: own.map(({ mirror }) => mirror).join(", "),
        detail: `no mirror of ${archive} delivers`,
      });
    }
  };
}

export const status = buildCommand<StatusFlags, [image: string], CliContext>({
  docs: {
    brief:
      "Show each mirror: whether it answers, how fast, how old its packages are, and whether it is behind",
    fullDescription:
      "Asks each for the release file of the image's suite. Exits with 5 if an archive has no mirror\nthat works.",
  },
  parameters: { positional: imageParameter, flags: { json: jsonFlag } },
  func: ask(false),
});

export const test = buildCommand<StatusFlags, [image: string], CliContext>({
  docs: {
    brief: "Show each mirror, and measure how fast it sends an index of packages",
    fullDescription: "Fetches some 10 MB from each mirror. Exits like `pibuild mirrors status`.",
  },
  parameters: { positional: imageParameter, flags: { json: jsonFlag } },
  func: ask(true),
});
