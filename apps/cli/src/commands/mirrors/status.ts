import { findWorkspace } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { openImage } from "@pibuild/graph";
import { probeMirrors } from "@pibuild/mirrors";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { mirrorTable } from "../../mirrors/mirror-table.ts";
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
      archives: [],
      ...packages,
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
      "Show for each mirror whether it answers, how fast, how old it is, and whether it is behind",
    fullDescription:
      "Each is asked for the release file of the image's suite. Ends with 5 where an archive\nhas no mirror that delivers.",
  },
  parameters: { positional: imageParameter, flags: { json: jsonFlag } },
  func: ask(false),
});

export const test = buildCommand<StatusFlags, [image: string], CliContext>({
  docs: {
    brief: "The same, and fetch an index of packages from each to see how fast it sends",
    fullDescription: "Fetches some 10 MB from each mirror. Ends as `pibuild mirrors status` does.",
  },
  parameters: { positional: imageParameter, flags: { json: jsonFlag } },
  func: ask(true),
});
