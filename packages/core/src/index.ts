export {
  type CommandFailure,
  type ConfigIssue,
  type ErrorCode,
  type ErrorData,
  type ErrorKind,
  errorCodes,
  exitCodes,
  type Location,
  type MissingProgram,
  type PassedOver,
  type PigenPlace,
} from "./errors/codes.ts";
export { exitCodeFor, exitCodeOf } from "./errors/exit-code.ts";
export { formatLocation } from "./errors/messages.ts";
export { isPibuildError, PibuildError } from "./errors/pibuild-error.ts";
export { renderError } from "./errors/render.ts";
export { type Emit, type Event, type EventBody, type Notice, silent } from "./events/event.ts";
export type { Fetch, FieldChange, StepReason, TargetReason } from "./events/reason.ts";
export type { Command, CommandResult, Exec, OwnProgram } from "./exec/command.ts";
export { createExec, type ExecOptions } from "./exec/create-exec.ts";
export {
  findCommand,
  findProgram,
  missingPrograms,
  requirePrograms,
  searchPath,
} from "./exec/find-program.ts";
export { ownMounts, ownProcesses } from "./exec/own-namespaces.ts";
export {
  type ProgramInfo,
  type ProgramName,
  type Purpose,
  programs,
  programsFor,
} from "./exec/programs.ts";
export { canonicalJson, type Sha256, sha256, sha256File } from "./hash.ts";
export { type FilePart, readPieces } from "./read-pieces.ts";
export {
  type EnteredDirectory,
  enterDirectory,
  ForeignDirectory,
  privateDirectory,
  trustedOwners,
} from "./resources/enter-directory.ts";
export { HeldResources } from "./resources/held-resources.ts";
export { isInRepository } from "./resources/is-in-repository.ts";
export { acquireLock, tryLock } from "./resources/lock.ts";
export { mountsBelow, parseMountInfo } from "./resources/mounts.ts";
export {
  dropParts,
  isPartOf,
  openNew,
  type PlaceOptions,
  partBeside,
  placeFile,
} from "./resources/place-file.ts";
export { bootId, pidNamespace, startTime } from "./resources/processes.ts";
export { nameText, readNames } from "./resources/read-names.ts";
export { removeIfEmpty, removeTree } from "./resources/remove-tree.ts";
export { createRunDirectory, type RunDirectory, sweep } from "./resources/run-directory.ts";
export { syncedSha256, syncPath } from "./synced-sha256.ts";
export { didYouMean } from "./text/did-you-mean.ts";
export { editDistance } from "./text/edit-distance.ts";
export { count, formatBytes, formatDuration } from "./text/format.ts";
export {
  joinLogins,
  type Login,
  loginFor,
  loginSecrets,
  splitLogins,
} from "./text/logins.ts";
export { nullEnded, pathBytes, pathText, slashed } from "./text/path-forms.ts";
export { createRedactor, type Redact } from "./text/redact.ts";
export { isScopeName, scopeNameWords } from "./text/scope-name.ts";
export { formatCommand, shellQuote } from "./text/shell-quote.ts";
export { parseSize, sizePattern } from "./text/sizes.ts";
export { stripControl } from "./text/strip-control.ts";
export { wrapText } from "./text/wrap.ts";
