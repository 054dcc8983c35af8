export {
  checkoutDirectory,
  checkoutPath,
  checkoutsDirectory,
  upstreamExport,
  upstreamPrefix,
} from "./checkout.ts";
export { type Environment, environmentPlace } from "./environment/environment.ts";
export { type MirrorVariableName, mirrorVariables } from "./environment/mirror-variables.ts";
export { type Misspelt, misspeltVariables } from "./environment/misspelt.ts";
export { type OverrideName, overrides } from "./environment/overrides.ts";
export { archiveOfAddress } from "./environment/package-config.ts";
export { retiredNames } from "./environment/retired.ts";
export {
  type DiskConfig,
  type Image,
  type PayloadConfig,
  type SizeKey,
  stageVariables,
} from "./image.ts";
export type { ImageInput } from "./inputs/image-input.ts";
export { imageJsonSchema, workspaceJsonSchema } from "./json-schema.ts";
export { type LoadOptions, loadImage } from "./load-image.ts";
export type { MirrorConfig, PackageConfig } from "./mirrors/mirror-config.ts";
export { payloadVariables } from "./payload/payload-config.ts";
export { type PigenTag, parsePigenTag } from "./pigen-tag.ts";
export { loadPin, type Pin, parsePin, pinFileName } from "./pin.ts";
export { pinKeys } from "./pin-keys.ts";
export { branches, type Release, releases } from "./release.ts";
export { isReservedName } from "./reserved-names.ts";
export type { Origin } from "./resolve-settings.ts";
export { type BrokenRule, brokenSettingRules } from "./rules.ts";
export { expectedValue, type SettingRow, valueSchema } from "./setting-row.ts";
export {
  fileNames,
  isSettingName,
  type SettingName,
  secretFileKey,
  secretNames,
  settingNames,
  settings,
} from "./settings.ts";
export { type IssueWords, type Range, type SourceText, sourceText } from "./source-text.ts";
export type { StageEntry } from "./stage-entries.ts";
export { stagesAfterExport, upstreamStages } from "./upstream-stages.ts";
export { cacheKeys, cacheSecrets, cacheVariable } from "./workspace/cache-keys.ts";
export {
  type CacheConfig,
  cacheVariables,
  loadCacheConfig,
  workspaceFileName,
} from "./workspace/load-cache.ts";
export { findWorkspace, listImages } from "./workspace.ts";
