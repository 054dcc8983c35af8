import { findWorkspace } from "@pibuild/config";
import { createExec, type Purpose } from "@pibuild/core";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import type { Finding } from "../doctor/check.ts";
import { checks } from "../doctor/checks.ts";
import { jsonFlag } from "./common-parameters.ts";

interface DoctorFlags {
  readonly fix: boolean;
  readonly tests: boolean;
  readonly native: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
}

export const doctor = buildCommand<DoctorFlags, [], CliContext>({
  docs: { brief: "Check what a build needs of this host; with --fix, put it right" },
  parameters: {
    flags: {
      fix: {
        kind: "boolean",
        brief: "Install what is missing and register what is not",
        default: false,
      },
      tests: {
        kind: "boolean",
        brief: "Also check what the tests and the benchmark need",
        default: false,
      },
      native: {
        kind: "boolean",
        brief: "Also check what building pibuild itself needs",
        default: false,
      },
      quiet: { kind: "boolean", brief: "Say only what is wrong", default: false },
      json: jsonFlag,
    },
  },
  async func(this: CliContext, { fix, tests, native, quiet, json }) {
    const purposes: Purpose[] = [
      "steps",
      "disk",
      "emulation",
      ...(native ? (["native"] as const) : []),
      ...(tests ? (["test", "upstream", "bench"] as const) : []),
    ];
    const findings: Finding[] = [];
    for (const check of checks) {
      const context = {
        exec: createExec({ signal: this.signal }),
        env: this.env,
        workspace: await findWorkspace(this.cwd),
        purposes,
        message: (text: string) => this.message(text),
      };
      let finding = await check(context);
      if (fix && finding.status === "fail" && finding.mend !== undefined) {
        await finding.mend();
        finding = await check(context);
      }
      findings.push(finding);
      if (!json && (!quiet || finding.status === "fail")) this.out(format(finding));
    }
    if (json) {
      const rows = findings.map(({ mend: _mend, ...row }) => row);
      this.out(JSON.stringify({ schema: 1, findings: rows }, undefined, 2));
    }
    if (findings.some(({ status }) => status === "fail")) this.process.exitCode = 4;
  },
});

function format({ check, status, detail, fix }: Finding): string {
  const line = `${status.padEnd(4)}  ${check}: ${detail}`;
  return fix === undefined ? line : `${line}\n      fix: ${fix}`;
}
