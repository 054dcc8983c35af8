export { againForLost } from "./build/again-for-lost.ts";
export { buildChain } from "./build/build-chain.ts";
export { openRun, type Run, type RunOptions } from "./open-run.ts";
export { type Chain, openChain } from "./plan/chain.ts";
export {
  createDescribeStep,
  type DescribeOptions,
  type DescribeStep,
  type StepDefinition,
} from "./plan/describe-step.ts";
export {
  type Decision,
  decide,
  definitionDigest,
  type PlannedStep,
  planChain,
} from "./plan/plan-chain.ts";
export { readSecretKey, secretKeyVariables } from "./plan/secret-key.ts";
export { executeStep } from "./run/execute-step.ts";
export { reportFullStore } from "./run/full-store.ts";
export {
  archivesDirectory,
  baseDirectory,
  deployDirectory,
  inputPath,
  inputsDirectory,
  mountRoot,
  rootfsDirectory,
  scriptDirectory,
  stageWorkDirectory,
  visiblePath,
  workDirectory,
} from "./run/paths.ts";
export { bind, prepareNamespace } from "./run/prepare-namespace.ts";
export { deployProblem } from "./run/refuse-deployed.ts";
export type { RunContext } from "./run/run-context.ts";
export type { RunSpec, StepInput } from "./run/run-spec.ts";
export { quiltVariables } from "./run/step-environment.ts";
export { askedMemory, holdsUserAttributes } from "./run/step-space.ts";
export { readScripts, scriptsDirectory } from "./scripts.ts";
export { openShell, type ShellState } from "./shell/open-shell.ts";
export { piGenDirectory } from "./upstream/prepare-upstream.ts";
export { runBuild } from "./upstream/run-build.ts";
