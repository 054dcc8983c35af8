import { formatBytes } from "@pibuild/core";
import type { Check } from "../check.ts";
import { isSmall, leastCpus, smallWords } from "../small-machine.ts";

/** Processors and memory of the host itself. */
export const machineIsBigEnough: Check = {
  name: "machine",
  asks: "How many processors and how much memory a build may use",
  warns: `${smallWords}: builds are slow, and compressing may run out of memory`,
  fails: "",
  mended: "give a virtual machine more of both",
  mends: false,
  on: "anywhere",
  async examine({ host }) {
    const detail = `${host.cpus} CPUs, ${formatBytes(host.memory)} of memory`;
    if (!isSmall(host)) return { status: "ok", detail };
    const fix = `build on a machine with ${leastCpus} CPUs and 4 GB of memory or more`;
    return { status: "warn", detail, fix };
  },
};
