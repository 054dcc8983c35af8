export { openResults } from "./directory/open-results.ts";
export type { ClientName, FoundResult, ResultKey, ResultNotes, TaskResults } from "./results.ts";
export type { Access } from "./server/access.ts";
export type { CacheEvent } from "./server/exchange.ts";
export { parseAccesses } from "./server/parse-accesses.ts";
export { type ServeOptions, serveTaskCache, type TaskCacheServer } from "./server/serve.ts";
