import { findWorkspace } from "@pibuild/config";
import { createExec, exitCodes, type Purpose } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import { sweepRegistrations } from "@pibuild/twin";
import { buildCommand } from "@stricli/core";
import { buildPurposes } from "../build/preflight.ts";
import type { CliContext } from "../context.ts";
import type { CheckContext } from "../doctor/check.ts";
import { checks } from "../doctor/checks.ts";
import { chooseChecks } from "../doctor/choose-checks.ts";
import { readNeeded } from "../doctor/needed.ts";
import { failed, formatDiagnosis, formatSummary, jsonReport } from "../doctor/report.ts";
import { runChecks } from "../doctor/run-checks.ts";
import { openHost } from "../host/open-host.ts";
import { isRoot } from "../privilege/re-exec.ts";
import { jsonFlag } from "./common-parameters.ts";

interface DoctorFlags {
  readonly fix: boolean;
  readonly runner: "layered" | "upstream";
  readonly only?: readonly string[];
  readonly tests: boolean;
  readonly native: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
}

export const doctor = buildCommand<DoctorFlags, [image?: string], CliContext>({
  docs: {
    brief: "Check what this machine lacks for a build; --fix repairs what it can",
    fullDescription: [
      "Examples:",
      "  pibuild doctor                  check for every image of the workspace",
      "  pibuild doctor debian-lite      check for one image",
      "  pibuild doctor --fix            check, and repair what can be repaired",
      "  pibuild doctor --only clock,mirrors --json",
    ].join("\n"),
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "Check only for this image", parse: String, placeholder: "image", optional: true },
      ],
    },
    flags: {
      fix: {
        kind: "boolean",
        brief: "Install missing packages, and set up what else is missing",
        default: false,
      },
      runner: {
        kind: "enum",
        values: ["layered", "upstream"],
        brief: "Which runner to check for: our own, or pi-gen's build.sh",
        default: "layered",
      },
      only: {
        kind: "parsed",
        parse: String,
        variadic: ",",
        brief: "Make only these checks (names, separated by commas)",
        optional: true,
      },
      tests: {
        kind: "boolean",
        brief: "Also check what the tests and the benchmark need",
        default: false,
      },
      native: {
        kind: "boolean",
        brief: "Also check what is needed to build pibuild itself",
        default: false,
      },
      quiet: { kind: "boolean", brief: "Print only what is wrong", default: false },
      json: jsonFlag,
    },
  },
  async func(this: CliContext, flags, image) {
    const { fix, quiet, json } = flags;
    const chosen = chooseChecks(checks, flags.only ?? []);
    // What a killed build left would be taken for the machine's own handler.
    for (const name of isRoot() ? await sweepRegistrations() : [])
      this.message(`took back the handler ${name}, which a killed build left`);
    const width = Math.max(...chosen.map(({ name }) => name.length));
    const diagnoses = await runChecks(chosen, await openContext(this, flags, image), {
      fix,
      report: (diagnosis) => {
        if (json || (quiet && diagnosis.status !== "fail")) return;
        this.out(formatDiagnosis(diagnosis, width));
      },
    });
    if (json) this.json(jsonReport(image, diagnoses));
    else if (!quiet) this.message(`\n${formatSummary(diagnoses, fix)}`);
    if (failed(diagnoses)) this.process.exitCode = exitCodes.environment;
  },
});

async function openContext(
  { start, env, signal, message }: CliContext,
  { runner, native, tests }: DoctorFlags,
  image: string | undefined,
): Promise<CheckContext> {
  const workspace = await findWorkspace(start);
  const upstream = runner === "upstream";
  const purposes: Purpose[] = [
    ...buildPurposes,
    ...(native ? (["native"] as const) : []),
    ...(tests ? (["test", "bench"] as const) : []),
    ...(tests || upstream ? (["upstream"] as const) : []),
  ];
  const exec = createExec({ signal });
  return {
    host: openHost(exec, env, signal),
    needed: await readNeeded({ workspace, image, upstream, env }),
    directories: hostDirectories(env),
    ...{ exec, env, workspace, purposes, message },
  };
}
