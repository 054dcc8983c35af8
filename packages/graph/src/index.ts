export { checkDisk } from "./disk/check-disk.ts";
export { fetched, lockFetching } from "./lock/lock-fetching.ts";
export { lockImage } from "./lock/lock-image.ts";
export { lockOfRevision } from "./lock/lock-of-revision.ts";
export { imageNotices } from "./notices/image-notices.ts";
export { callFlagsVariable, hintedCall } from "./open/hinted-call.ts";
export { type CacheOptions, openCache } from "./open/open-cache.ts";
export {
  buildVariable,
  type OpenImage,
  type OpenOptions,
  openImage,
  untilVariable,
} from "./open/open-image.ts";
export { imageReader, readImage } from "./open/read-image.ts";
export { lockFile, requireLock } from "./open/read-lock.ts";
export { deployMode, deployName } from "./targets/deployed.ts";
export { type EngineRun, engineEnvironment } from "./targets/engine-run.ts";
export { explainTarget } from "./targets/explain-target.ts";
export {
  type Manifest,
  manifestPath,
  type ProducedFile,
  readManifest,
} from "./targets/manifest.ts";
export type { TargetInputs } from "./targets/named-inputs.ts";
export { type ImagePlan, type PlannedTarget, planImage } from "./targets/plan-image.ts";
export { everything, fileTargets, hostTarget, targetOf, targetsOf } from "./targets/registry.ts";
export { runInOrder } from "./targets/run-in-order.ts";
export { runTarget } from "./targets/run-target.ts";
export { sendResult } from "./targets/shared/send-result.ts";
export { takeResults } from "./targets/shared/take-results.ts";
export { stepsUntil } from "./targets/steps-until.ts";
export type { FileTarget, Target } from "./targets/target.ts";
export { targetDigests } from "./targets/target-digests.ts";
export type { TargetExplanation } from "./targets/target-reason.ts";
export { checkUpstreamBootstrap } from "./upstream/check-upstream.ts";
export { collectedName } from "./upstream/collect-deploy.ts";
export { runUpstream, upstreamTarget, upstreamWork } from "./upstream/run-upstream.ts";
