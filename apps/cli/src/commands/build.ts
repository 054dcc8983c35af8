import { findWorkspace } from "@pibuild/config";
import { type EventBody, PibuildError } from "@pibuild/core";
import { checkUpstreamBootstrap, imageReader, openImage } from "@pibuild/graph";
import { buildCommand } from "@stricli/core";
import { buildHere } from "../build/build-here.ts";
import { defaultEngine, type EngineName } from "../build/engines.ts";
import type { CliContext } from "../context.ts";
import { failureOf } from "../failure/failure-of.ts";
import { noting, OutageNotes } from "../outages/note-outages.ts";
import { createReporter } from "../reporters/create-reporter.ts";
import { buildInContainer } from "../venue/build-in-container.ts";
import { chooseVenue } from "../venue/choose-venue.ts";
import { type VenueFlags, venueFlags } from "../venue/venue-flags.ts";
import { imageParameter, jsonFlag } from "./common-parameters.ts";

interface BuildFlags extends VenueFlags {
  readonly target?: string;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly events: boolean;
  readonly twin: boolean;
  readonly runner: "layered" | "upstream";
  readonly engine?: EngineName;
  readonly locked: boolean;
  readonly offline: boolean;
}

export const build = buildCommand<BuildFlags, [image: string], CliContext>({
  docs: {
    brief: "Build an image, and run only the steps that changed",
    fullDescription: [
      "Examples:",
      "  pibuild build debian-lite                    make the compressed image and its checksum",
      "  pibuild build debian-lite --target disk      stop at the uncompressed disk image",
      "  pibuild build debian-lite --json             print a summary for programs",
      "  pibuild build sugarkube --runner upstream    use pi-gen's own build.sh, from the beginning",
      "  pibuild build debian-lite --venue container  run the steps in a container",
    ].join("\n"),
  },
  parameters: {
    positional: imageParameter,
    flags: {
      target: { kind: "parsed", parse: String, brief: "Stop after this target", optional: true },
      json: jsonFlag,
      events: {
        kind: "boolean",
        brief: "Write every event to standard output, as one JSON document per line",
        default: false,
      },
      verbose: { kind: "boolean", brief: "Show every line that steps print", default: false },
      twin: {
        kind: "boolean",
        brief: "Run programs without emulation where that changes nothing (--no-twin: emulate all)",
        default: true,
      },
      runner: {
        kind: "enum",
        values: ["layered", "upstream"],
        brief: "layered: step by step, cached; upstream: pi-gen's own build.sh, from the beginning",
        default: "layered",
      },
      engine: {
        kind: "enum",
        values: ["own", "nx", "turbo"],
        brief:
          "What orders the tasks: pibuild, or the workspace's Nx or Turborepo (default: Nx if there is an nx.json)",
        optional: true,
      },
      locked: {
        kind: "boolean",
        brief: "Use only the packages in the image's pibuild.lock; fail if there is none",
        default: false,
      },
      offline: {
        kind: "boolean",
        brief: "Ask no mirror: use the packages on this machine, or in PIBUILD_PACKAGES",
        default: false,
      },
      ...venueFlags,
    },
    aliases: { v: "verbose" },
  },
  async func(this: CliContext, flags, name) {
    const context = { ...this, env: { ...this.env, ...variablesOf(flags) } };
    const { target, json, verbose, events, runner } = flags;
    if (json && events) {
      throw new PibuildError("USAGE", { message: "--json and --events both want standard output" });
    }
    const started = performance.now();
    const workspace = await findWorkspace(context.start);
    const engine = flags.engine ?? defaultEngine(workspace);
    await using shown = createReporter(context, { json, verbose, events });
    const outages = new OutageNotes(context, { workspace, image: name });
    const reporter = noting(shown, outages);
    try {
      const emit = (event: EventBody) => reporter.report(event);
      const { env, signal } = context;
      const read = imageReader({ workspace, name, env, signal });
      if (runner === "upstream") {
        // Before a container is made for it, or root is asked.
        const image = await read();
        await checkUpstreamBootstrap(await openImage({ workspace, name, env, signal, image }));
      }
      const venue = await chooseVenue(context, { workspace, image: read, flags, emit });
      const built =
        venue.kind === "container"
          ? await buildInContainer(context, venue, reporter, flags)
          : await buildHere(context, {
              image: await read(),
              ...{ target, runner, engine },
              twin: flags.twin,
              reporter,
            });
      if (built === undefined) return;
      const { fresh, output } = built;
      const durationMs = performance.now() - started;
      reporter.finish({ image: name, fresh, durationMs, output });
    } catch (error) {
      const durationMs = performance.now() - started;
      reporter.fail({ image: name, target: target ?? "", durationMs, error: failureOf(error) });
      outages.failed(error);
      throw error;
    } finally {
      await outages.write();
    }
  },
});

/** Tasks are processes of their own: what the flags say reaches them as variables. */
function variablesOf({ locked, offline }: BuildFlags): Record<string, string> {
  return {
    ...(locked ? { PIBUILD_LOCKED: "1" } : {}),
    ...(offline ? { PIBUILD_OFFLINE: "1" } : {}),
  };
}
