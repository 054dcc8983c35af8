import { type ContainerStatus, supports } from "../container/container-binfmt.ts";
import type { ForeignArch } from "../foreign-arch.ts";
import { type BinfmtStatus, runs } from "../status/state.ts";
import type { CliContext } from "./context.ts";

/** The version of what `--json` writes. */
export const schema = 1;

/** What a host that cannot run the programs ends with: as `pibuild doctor`. */
const environment = 4;

/** Writes states as a person or a program reads them, and sets the exit code by them. */
export function showStatus(
  context: CliContext,
  archs: readonly BinfmtStatus[],
  json: boolean,
): void {
  if (json) context.out(JSON.stringify({ schema, archs }, undefined, 2));
  else for (const status of archs) context.out(describe(status));
  if (!archs.every(runs)) context.process.exitCode = environment;
}

/** The same for what a container said. */
export function showContainer(
  context: CliContext,
  archs: readonly ForeignArch[],
  status: ContainerStatus,
  json: boolean,
): void {
  const rows = archs.map((arch) => ({ arch, works: supports(status, arch) }));
  if (json) {
    context.out(JSON.stringify({ schema, ...status, archs: rows }, undefined, 2));
  } else {
    for (const { arch, works } of rows) {
      context.out(`${arch}: ${works ? "runs" : "does not run"} in containers of ${status.engine}`);
    }
  }
  if (!rows.every(({ works }) => works)) context.process.exitCode = environment;
}

function describe(status: BinfmtStatus): string {
  const { arch, state, detail, handlers, handler: taken, fix = [] } = status;
  const rows = handlers.map(({ name, enabled, flags, interpreter, detail: why, defect }) => {
    const use = !enabled ? "off" : name === taken?.name ? "taken" : "hidden";
    const note = defect === undefined || why === detail ? "" : ` (${why})`;
    return `  ${use.padEnd(6)}  ${name}  ${flags || "-"}  ${interpreter}${note}`;
  });
  const mends = fix.map((line) => `  fix: ${line}`);
  return [`${arch}: ${state}: ${detail}`, ...rows, ...mends].join("\n");
}
