export {
  findRedirection,
  type Redirection,
  sweepRegistrations,
  writeInterpreter,
} from "./redirection.ts";
export { prepareTwin } from "./twin.ts";
export { refuseTwinFiles } from "./twin-files.ts";
export { type TwinChoice, twinChoice, twinVariable } from "./twin-variable.ts";
