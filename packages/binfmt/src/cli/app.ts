import { exitCodeFor, renderError } from "@pibuild/core";
import { buildApplication, buildRouteMap, text_en } from "@stricli/core";
import { register, repair } from "./commands/register.ts";
import { status } from "./commands/status.ts";
import { undo } from "./commands/undo.ts";
import type { CliContext } from "./context.ts";

/** The command line of this package alone; exit codes are those of `pibuild`. */
export function createApp(version: string) {
  const routes = buildRouteMap<string, CliContext>({
    routes: { status, register, repair, undo },
    docs: { brief: "Lets this machine run programs of other architectures" },
  });
  return buildApplication<CliContext>(routes, {
    name: "pibuild-binfmt",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel" },
    documentation: { caseStyle: "convert-camel-to-kebab" },
    determineExitCode: exitCodeFor,
    localization: {
      text: {
        ...text_en,
        exceptionWhileRunningCommand: renderError,
        commandErrorResult: renderError,
      },
    },
  });
}
