import { renderError } from "@pibuild/core";
import { buildApplication, buildRouteMap, text_en } from "@stricli/core";
import { build } from "./commands/build.ts";
import { clean } from "./commands/clean.ts";
import { config } from "./commands/config.ts";
import { digest } from "./commands/digest.ts";
import { doctor } from "./commands/doctor.ts";
import { init } from "./commands/init.ts";
import { inspect } from "./commands/inspect.ts";
import { lint } from "./commands/lint.ts";
import { payload } from "./commands/payload/payload.ts";
import { pin } from "./commands/pin.ts";
import { plan } from "./commands/plan.ts";
import { shell } from "./commands/shell.ts";
import { sync } from "./commands/sync.ts";
import { task } from "./commands/task.ts";
import { verify } from "./commands/verify.ts";
import { why } from "./commands/why.ts";
import type { CliContext } from "./context.ts";
import { exitCodeFor, TaskFailure } from "./failure/task-failure.ts";
import { version } from "./version.ts";

const routes = buildRouteMap<string, CliContext>({
  routes: {
    init,
    build,
    plan,
    why,
    shell,
    lint,
    sync,
    pin,
    inspect,
    verify,
    doctor,
    clean,
    config,
    payload,
    task,
    digest,
  },
  docs: {
    brief: "Builds Raspberry Pi OS images as a cached, reproducible task graph",
    hideRoute: { task: true, digest: true },
  },
});

/** The names of all commands, also of those that help does not show. */
export const commandNames: readonly string[] = routes
  .getAllEntries()
  .map(({ name }) => name.original);

/** The command line. Commands are values: help, completion and tests come from this tree. */
export const app = buildApplication<CliContext>(routes, {
  name: "pibuild",
  versionInfo: { currentVersion: version },
  scanner: { caseStyle: "allow-kebab-for-camel" },
  documentation: { caseStyle: "convert-camel-to-kebab", useAliasInUsageLine: true },
  determineExitCode: exitCodeFor,
  localization: {
    text: {
      ...text_en,
      exceptionWhileRunningCommand: render,
      commandErrorResult: render,
    },
  },
});

/** A task's error comes rendered; everything else is rendered here. */
function render(error: unknown): string {
  return error instanceof TaskFailure ? error.rendered : renderError(error);
}
