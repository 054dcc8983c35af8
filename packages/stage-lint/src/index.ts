export { codeOf, formatFinding, messageOf, severityOf } from "./describe-finding.ts";
export { type FindOptions, findStageLists } from "./find-stage-lists.ts";
export type { Finding, RuleCode, Severity } from "./finding.ts";
export { type HostCommand, hostCommands } from "./host/commands.ts";
export { freePaths } from "./host/free-paths.ts";
export { type LintReport, lintStages } from "./lint-stages.ts";
export { type Rule, rules } from "./rules.ts";
export { type ExcludedCode, excludedCodes, leastSeverity } from "./shellcheck/excluded.ts";
export type { StageList } from "./stage-list.ts";
