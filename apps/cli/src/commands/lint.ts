import { realpath } from "node:fs/promises";
import { relative } from "node:path";
import { count, createExec, PibuildError, programs } from "@pibuild/core";
import {
  codeOf,
  type Finding,
  findStageLists,
  formatFinding,
  lintStages,
  messageOf,
  repeated,
  severityOf,
} from "@pibuild/stage-lint";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { jsonFlag } from "./common-parameters.ts";

export const lint = buildCommand<{ readonly json: boolean }, string[], CliContext>({
  docs: {
    brief: "Find mistakes in the stages of images, or in stage directories",
    fullDescription: [
      "Examples:",
      "  pibuild lint                           the stages of every image",
      "  pibuild lint debian-lite               the stages of one image",
      "  pibuild lint stage0 stage1 stage-mine  directories, in the order in which pi-gen would run them",
      "",
      "A comment `# pibuild: allow CODE reason`, on the line of a finding or right above it, silences it.",
    ].join("\n"),
  },
  parameters: {
    positional: {
      kind: "array",
      parameter: {
        brief: "Name of an image, or a stage directory",
        parse: String,
        placeholder: "image|stage",
      },
    },
    flags: { json: jsonFlag },
  },
  async func(this: CliContext, { json }, ...names) {
    const exec = createExec({ signal: this.signal });
    const { cwd, start, env } = this;
    const lists = await findStageLists({ exec, cwd, start, names, env });
    const report = await lintStages(lists, exec);
    const { findings, stages, scripts, missing } = report;
    const here = await realpath(cwd);
    const shown = ({ file }: Finding) => {
      const path = relative(here, file) || ".";
      return path.startsWith("..") ? file : path;
    };
    for (const name of missing) {
      const how =
        process.platform === "linux" ? ` (apt-get install ${programs[name].debianPackage})` : "";
      this.message(`note: ${name} is not here, so its findings are missing${how}`);
    }
    const errors = findings.filter((finding) => severityOf(finding) === "error").length;
    const warnings = findings.length - errors;
    for (const { unordered } of lists) {
      if (unordered === undefined) continue;
      this.message(
        `note: pi-gen has not been fetched, so the order of ${unordered}'s stages was not looked at (pibuild sync)`,
      );
    }
    if (json) {
      const rows = findings.map((finding) => ({
        file: shown(finding),
        line: finding.line,
        column: finding.column,
        severity: severityOf(finding),
        code: codeOf(finding),
        message: messageOf(finding),
      }));
      const document = { schema: 1, stages, scripts, errors, warnings, missing, findings: rows };
      this.json(document);
    } else {
      for (const { finding, lines } of repeated(findings))
        this.out(formatFinding(finding, shown(finding), lines));
    }
    if (errors > 0) throw new PibuildError("LINT_FAILED", { errors, warnings });
    const said = warnings === 0 ? "nothing found" : count(warnings, "warning");
    if (!json) this.message(`${said} in ${count(stages, "stage")} (${count(scripts, "script")})`);
  },
});
