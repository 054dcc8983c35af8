export { runTurbo } from "./run-turbo.ts";
export { syncTurbo } from "./sync-turbo.ts";
export { type ImageTasks, type TurboTasks, turboTasks } from "./turbo-tasks.ts";
