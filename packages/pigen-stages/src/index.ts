export { parseCommands, parsePieces, parseStatements } from "./bash/read-commands.ts";
export type { HereDocument, Piece, ShellCommand, Word } from "./bash/scan.ts";
export { unwrap } from "./bash/unwrap.ts";
export { fetchCommands } from "./fetch/fetch-commands.ts";
export { findFetches } from "./fetch/find-fetches.ts";
export { stepFetches } from "./fetch/step-fetches.ts";
export { type Action, type ActionKind, actionOrder, indices } from "./stage/action.ts";
export { readFileIndex } from "./stage/file-index.ts";
export { readStage } from "./stage/read-stage.ts";
export type { Stage, StageWarning, StageWarningCode, SubStage } from "./stage/stage.ts";
export { readStageTexts, type StageText } from "./stage/stage-texts.ts";
export { enumerates } from "./step/enumerates.ts";
export { isMountedBefore } from "./step/mounted-before.ts";
export { listSteps, type Step } from "./step/step.ts";
export { readStepFiles } from "./step/step-files.ts";
export {
  isAmbient,
  namedSettings,
  parseFunctions,
  visibleSettings,
} from "./step/visible-settings.ts";
