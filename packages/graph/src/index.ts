export { checkDisk } from "./disk/check-disk.ts";
export { imageNotices } from "./notices/image-notices.ts";
export type { Notice } from "./notices/notice.ts";
export { type OpenImage, type OpenOptions, openImage } from "./open/open-image.ts";
export { untilVariable } from "./open/until-variable.ts";
export {
  explainTarget,
  type TargetExplanation,
  type TargetReason,
} from "./targets/explain-target.ts";
export { type ImagePlan, planImage, targetDigests } from "./targets/freshness.ts";
export {
  dropManifest,
  isFresh,
  type Manifest,
  manifestPath,
  type ProducedFile,
  readManifest,
  writeManifest,
} from "./targets/manifest.ts";
export { needsNamespace, runTarget } from "./targets/run-target.ts";
export { artifactsKey, diskKey, payloadKey, stepsUntil } from "./targets/target-keys.ts";
export { type FinalTarget, finalTargets, targetNames } from "./targets/targets.ts";
export { checkUpstreamBootstrap } from "./upstream/check-upstream.ts";
export { collectedName } from "./upstream/collect-deploy.ts";
export { runUpstream, upstreamTarget, upstreamWork } from "./upstream/run-upstream.ts";
