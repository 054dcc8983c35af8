export { type Autoboot, autobootBytes, type BootSlots } from "./autoboot/autoboot.ts";
export { formatAutoboot } from "./autoboot/format-autoboot.ts";
export { parseAutoboot, type ReadAutoboot } from "./autoboot/parse-autoboot.ts";
export {
  boardKernels,
  type KernelMaker,
  type KernelRelease,
  kernelMakers,
  kernelReleases,
} from "./boards/board-kernels.ts";
export {
  type Board,
  type BootAnswer,
  boardNames,
  boards,
  boardTables,
  bootableTables,
  type TableKind,
  tableKinds,
} from "./boards/board-tables.ts";
export { cardDrivers } from "./boards/card-drivers.ts";
export { type Model, models, modelsOf } from "./boards/models.ts";
export { type BootPlan, planBoot } from "./boot-plan/plan-boot.ts";
export type { PlannedFile, PlannedTree } from "./boot-plan/system-files.ts";
export { type BootKey, bootKeys } from "./config-txt/boot-keys.ts";
export type { UndecidedLine } from "./config-txt/read-config.ts";
export { fatBootVolume } from "./fat/fat-boot-volume.ts";
export { type FilePlace, findFile } from "./fat/find-file.ts";
export { type ByteReader, type FatVolume, minClusters, readFatVolume } from "./fat/read-fat.ts";
export { findRootFile, readRootFile } from "./fat/root-file.ts";
export { type BootState, type FilterRow, filterRows } from "./firmware-file/filters.ts";
export type { BootVolume } from "./volume/boot-volume.ts";
export { directoryVolume } from "./volume/directory-volume.ts";
