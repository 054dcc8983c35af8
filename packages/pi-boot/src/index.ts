export { type Autoboot, autobootBytes, type BootSlots } from "./autoboot/autoboot.ts";
export { formatAutoboot } from "./autoboot/format-autoboot.ts";
export { parseAutoboot } from "./autoboot/parse-autoboot.ts";
export {
  type Board,
  type BootAnswer,
  boards,
  boardTables,
  bootableTables,
  type TableKind,
  tableKinds,
} from "./boards/board-tables.ts";
export { type ConfigTxt, readConfigTxt } from "./config-txt/config-txt.ts";
export { type FilePlace, findFile } from "./fat/find-file.ts";
export {
  type ByteReader,
  type FatVolume,
  findRootFile,
  minClusters,
  readFatVolume,
  readRootFile,
} from "./fat/read-fat.ts";
