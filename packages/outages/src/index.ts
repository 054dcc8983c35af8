export { type Cause, classify } from "./classify.ts";
export { type Component, type Outage, outageJsonSchema, outageSchema } from "./outage.ts";
export { listOutages, outageDirectory, readOutage, writeOutage } from "./outage-files.ts";
export { type OutageContext, recordOutage, resolveOutage } from "./record-outage.ts";
