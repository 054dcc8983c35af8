import { listSteps, type Step } from "@pibuild/pigen-stages";
import type { RunContext } from "../run/run-context.ts";
import { readScripts } from "../scripts.ts";
import { createDescribeStep, type DescribeStep } from "./describe-step.ts";
import { createToolVersions, type ToolVersions } from "./tool-versions.ts";

/** Steps in order, with all that planning and running them needs. */
export interface Chain {
  readonly context: RunContext;
  readonly steps: readonly Step[];
  readonly describe: DescribeStep;
  readonly versions: ToolVersions;
}

/** The chain of a run. `secretKey`: see `readSecretKey`. */
export function openChain(context: RunContext, secretKey: string): Chain {
  const { spec, exec, directories } = context;
  const versions = createToolVersions(exec, directories.toolVersions);
  return {
    context,
    versions,
    steps: listSteps(spec.stages),
    describe: createDescribeStep({ spec, versions, secretKey, scripts: readScripts(spec.piGen) }),
  };
}
