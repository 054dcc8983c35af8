import { join } from "node:path";
import { findWorkspace } from "@pibuild/config";
import { formatDuration } from "@pibuild/core";
import { imageNotices, openImage, twinVariable } from "@pibuild/pigen-runner";
import { buildCommand } from "@stricli/core";
import { deliver } from "../build/deliver.ts";
import { layeredGoal, upstreamGoal } from "../build/goal.ts";
import { preflight } from "../build/preflight.ts";
import { runTargets } from "../build/run-targets.ts";
import { withinTime } from "../build/within-time.ts";
import type { CliContext } from "../context.ts";
import { giveBack } from "../privilege/give-back.ts";
import { isRoot, reExecAsRoot } from "../privilege/re-exec.ts";
import { createReporter } from "../reporters/create-reporter.ts";
import { imageParameter, jsonFlag } from "./common-parameters.ts";

interface BuildFlags {
  readonly target?: string;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly twin: boolean;
  readonly runner: "layered" | "upstream";
}

export const build = buildCommand<BuildFlags, [image: string], CliContext>({
  docs: {
    brief: "Build an image, running only the steps that changed",
    fullDescription: [
      "Examples:",
      "  pibuild build debian-lite                  the compressed image and its checksum",
      "  pibuild build debian-lite --target disk    stop at the uncompressed disk image",
      "  pibuild build debian-lite --json           a summary for programs on standard output",
      "  pibuild build lite --runner upstream       with pi-gen's own build.sh, from the beginning",
    ].join("\n"),
  },
  parameters: {
    positional: imageParameter,
    flags: {
      target: { kind: "parsed", parse: String, brief: "Stop after this target", optional: true },
      json: jsonFlag,
      verbose: { kind: "boolean", brief: "Show every line that steps print", default: false },
      twin: {
        kind: "boolean",
        brief: "Run programs that do the same on every machine natively (--no-twin: emulate all)",
        default: true,
      },
      runner: {
        kind: "enum",
        values: ["layered", "upstream"],
        brief: "Step by step from the cache, or all at once with pi-gen's own build.sh",
        default: "layered",
      },
    },
    aliases: { v: "verbose" },
  },
  async func(this: CliContext, { target, json, verbose, twin, runner }, name) {
    const started = performance.now();
    const workspace = await findWorkspace(this.cwd);
    const open = await openImage({ workspace, name, env: this.env, signal: this.signal });
    const goal = runner === "upstream" ? upstreamGoal(open, target) : layeredGoal(open, target);
    const fresh = await goal.isFresh();
    if (!fresh && !isRoot()) return reExecAsRoot(this, "a build");
    await using reporter = createReporter(this, { json, verbose, total: open.steps.length });
    for (const notice of await imageNotices(open, this.env, runner)) {
      reporter.report({ type: "notice", level: "warning", ...notice });
    }
    if (!fresh) {
      await preflight(open, { goal, env: this.env });
      try {
        const env = { ...this.env, ...(twin ? {} : { [twinVariable]: "0" }), ...goal.env };
        await withinTime(open.image, { signal: this.signal, reporter }, (timed) =>
          runTargets({ ...this, env, signal: timed.signal }, open, goal.target, timed.reporter),
        );
      } finally {
        const made = ["dist", ".pibuild", ".nx"].map((path) => join(workspace, path));
        await giveBack(this.env, made);
      }
    }
    await deliver(open.image, { goal, env: this.env, reporter });
    const durationMs = performance.now() - started;
    reporter.finish({
      image: name,
      fresh,
      durationMs,
      text: fresh
        ? `${name} is up to date (${formatDuration(durationMs)})`
        : `${name} is ready (${formatDuration(durationMs)}): ${open.output}`,
    });
  },
});
