export { askEngine, engineEnvironment } from "./engine/ask-engine.ts";
export {
  type EngineAnswer,
  type EngineFacts,
  type EngineName,
  engineNames,
} from "./engine/engine.ts";
export { errorLine } from "./engine/parse-engine.ts";
export { type HostDirectories, hostDirectories } from "./host-directories.ts";
export { convertPath, type PathConversion } from "./paths/convert-path.ts";
export type { HostPath, WslPlace } from "./paths/host-path.ts";
export { detectWindows, type WindowsHost } from "./windows/detect-windows.ts";
export type { ProgramAnswer, WindowsFacts } from "./windows/facts.ts";
export type { Wsl, WslDistribution } from "./windows/read-wsl.ts";
