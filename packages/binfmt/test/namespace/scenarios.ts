import { containerScenarios } from "./container-scenarios.ts";
import { hostScenarios } from "./host-scenarios.ts";
import { kernelScenarios } from "./kernel-scenarios.ts";

/** Each in a namespace of its own, from a binfmt_misc that holds nothing. */
export const scenarios = { ...kernelScenarios, ...hostScenarios, ...containerScenarios };
