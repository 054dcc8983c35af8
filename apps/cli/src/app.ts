import { renderError } from "@pibuild/core";
import {
  type ApplicationContext,
  buildApplication,
  buildRouteMap,
  run,
  text_en,
} from "@stricli/core";
import { build } from "./commands/build.ts";
import { cache } from "./commands/cache/cache.ts";
import { clean } from "./commands/clean.ts";
import { config } from "./commands/config.ts";
import { digest } from "./commands/digest.ts";
import { doctor } from "./commands/doctor.ts";
import { helpCommand } from "./commands/help.ts";
import { init } from "./commands/init.ts";
import { inspect } from "./commands/inspect.ts";
import { lint } from "./commands/lint.ts";
import { lock } from "./commands/lock/lock.ts";
import { mirrors } from "./commands/mirrors/mirrors.ts";
import { outages } from "./commands/outages/outages.ts";
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
import { unknownCommand, wrongArguments } from "./failure/usage-error.ts";
import { version } from "./version.ts";

const commands = {
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
  cache,
  config,
  mirrors,
  lock,
  outages,
  payload,
  task,
  digest,
};

/** The names of all commands, also of those that help does not show. */
export const commandNames: readonly string[] = [...Object.keys(commands), "help"];

/** A guess must be close, and is held against our own measure as well. */
const guesses = {
  threshold: 3,
  weights: { insertion: 1, deletion: 1, substitution: 1, transposition: 1 },
};

/**
 * The command line. Commands are values: help, completion and tests come from this tree. `images` are
 * those that a command without one could have meant.
 */
export function createApp(images: readonly string[] = []) {
  const help = helpCommand((context, words) =>
    run(app, words, context as CliContext & ApplicationContext),
  );
  const routes = buildRouteMap<string, CliContext>({
    routes: { ...commands, help },
    docs: {
      brief: "Builds Raspberry Pi OS images as a cached, reproducible task graph",
      hideRoute: { task: true, digest: true },
    },
  });
  const app = buildApplication<CliContext>(routes, {
    name: "pibuild",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel", distanceOptions: guesses },
    documentation: {
      caseStyle: "convert-camel-to-kebab",
      useAliasInUsageLine: true,
      onlyRequiredInUsageLine: true,
    },
    determineExitCode: exitCodeFor,
    localization: {
      text: {
        ...text_en,
        noCommandRegisteredForInput: ({ input, corrections }) =>
          render(unknownCommand(input, corrections)),
        exceptionWhileParsingArguments: (error) => render(wrongArguments(error, images)),
        exceptionWhileRunningCommand: render,
        commandErrorResult: render,
      },
    },
  });
  return app;
}

/** A task's error comes rendered; everything else is rendered here. */
function render(error: unknown): string {
  return error instanceof TaskFailure ? error.rendered : renderError(error);
}
