import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needs, scratchStage } from "@pibuild/test-kit";
import { expect } from "vitest";
import { formatFinding, severityOf } from "../src/describe-finding.ts";
import { describeReport, type Files, lintNames, prerun } from "./lint-rig.ts";

const checked = needs("shellcheck");
const workspace = fileURLToPath(new URL("../../..", import.meta.url));

async function shellcheck(files: Files): Promise<string[]> {
  const stage = await scratchStage("stage2", { "prerun.sh": prerun, ...files });
  return describeReport(await lintNames(stage, ["."]), stage);
}

checked("every script of a stage is read by shellcheck, with line and column", async () => {
  const files = {
    "prerun.sh": "#!/bin/bash -e\n\t:; unused=1\n",
    "00-a/00-run.sh": "#!/bin/sh -e\n[[ -n $a ]]\n",
    "00-a/00-run-chroot.sh": "unused=1\n",
  };
  expect(await shellcheck(files)).toEqual([
    "00-a/00-run-chroot.sh:1:1 SC2034",
    "00-a/00-run.sh:2:1 SC3010",
    "prerun.sh:2:5 SC2034",
  ]);
});

checked("what shellcheck calls an error is one", async () => {
  const stage = await scratchStage("stage2", { "00-a/00-run-chroot.sh": "if true; then\n" });
  const { findings } = await lintNames(stage, ["."]);
  expect(findings.map(severityOf)).toContain("error");
  expect(formatFinding(findings[0] as (typeof findings)[0], "x.sh")).toMatch(
    /^x\.sh:\d+:\d+: error: .*[^.] \(SC\d{4}\)$/,
  );
});

checked("what pi-gen's way of running scripts makes right is no finding", async () => {
  const files = {
    "00-a/00-run-chroot.sh": "cd /etc\ntrap 'rm -f x' EXIT\nexit 0\n",
    "00-a/00-run.sh":
      '#!/bin/bash -e\ncd "${ROOTFS_DIR}"\nlog x\n. "${ROOTFS_DIR}/etc/os-release"\non_chroot << EOF\ntrue\nEOF\n',
    "00-a/01-run.sh": "#!/usr/bin/python3\nx = [1\n]\n",
  };
  expect(await shellcheck(files)).toEqual([]);
});

checked("without an interpreter a script is read as bash, which reads it", async () => {
  expect(await shellcheck({ "00-a/00-run.sh": "[[ -v x ]] || a=(1)\n" })).toEqual([
    "00-a/00-run.sh:1:1 NO_SHEBANG",
    "00-a/00-run.sh:1:15 SC2034",
  ]);
});

checked("Windows line ends are said once, by our own rule", async () => {
  expect(await shellcheck({ "00-a/00-run.sh": "#!/bin/bash -e\r\ntrue\r\ntrue\r\n" })).toEqual([
    "00-a/00-run.sh:1:15 WINDOWS_LINE_ENDS",
  ]);
});

checked("a variable of a file that the script sources beside it is known", async () => {
  const files = {
    "00-a/00-run.sh": '#!/bin/bash -e\n. ./lib.sh\necho "$b"\n',
    "00-a/lib.sh": "b=1\n",
  };
  expect(await shellcheck(files)).toEqual([]);
});

checked("a comment of ours or of shellcheck's own silences it", async () => {
  const ours = "# pibuild: allow SC2034 read by the next line\na=1\n";
  const own = "# shellcheck disable=SC2034\na=1\n";
  expect(await shellcheck({ "00-a/00-run-chroot.sh": ours })).toEqual([]);
  expect(await shellcheck({ "00-a/00-run-chroot.sh": own })).toEqual([]);
});

checked("this repository's own stages are clean", async () => {
  const { findings, scripts } = await lintNames(workspace, []);
  expect(findings.map((finding) => formatFinding(finding, finding.file))).toEqual([]);
  expect(scripts).toBeGreaterThan(10);
});

needs("PIGEN_DIR", "shellcheck")("pi-gen's own stages have no errors", async () => {
  const pigen = process.env.PIGEN_DIR ?? "";
  const names = (await readdir(pigen)).filter((name) => /^(stage|export-)/.test(name)).sort();
  const { findings } = await lintNames(join(pigen), names);
  const errors = findings.filter((finding) => severityOf(finding) === "error");
  expect(errors.map((finding) => formatFinding(finding, finding.file))).toEqual([]);
});
