import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface ConformanceOptions {
  /** A checkout of pi-gen; without one the contract stages are compared with plain copies. */
  readonly piGen: string | undefined;
  readonly stages: readonly string[];
  /** Compare this repository's contract stages, also where a checkout is there to run them. */
  readonly contract: boolean;
  /** Finish the images as well, and compare what is on the disks. */
  readonly export: boolean;
  /** Build layered a second time, all of it emulated: the trees must be equal. */
  readonly emulated: boolean;
  /** Compare with what build.sh makes without pibuild, the finished disks alone. */
  readonly alone: boolean;
  readonly aptProxy: string | undefined;
  /** A file that apt reads in both runs, before its own configuration. */
  readonly aptConfig: string | undefined;
  /** A directory for all that is made; it stays. Without one everything goes away at the end. */
  readonly keep: string | undefined;
}

export const usage = `usage: conformance [--pi-gen DIR] [--stages stage0,stage1,stage2 | --contract]
                   [--no-export] [--emulated] [--alone] [--apt-proxy URL] [--apt-config FILE] [--keep DIR]
Builds stages layered and with pi-gen's own build.sh, and compares the trees name by name. Without
a checkout these are the contract stages, and plain copies stand in for build.sh.
--pi-gen DIR       a checkout of pi-gen (default: PIGEN_DIR)
--contract         the contract stages with the checkout's build.sh
--stages LIST      stages of the checkout, up to the one to compare (default: stage0,stage1,stage2)
--no-export        compare the stages alone, and not the finished disks
--emulated         build layered once more without the twin: the trees must be equal
--alone            compare the finished disks alone, and build the other with build.sh without pibuild and
                   its package proxy, from mirrors as \`pibuild mirrors render\` writes them, the first of
                   which is dead
--apt-proxy URL    a cache for packages that both use, such as apt-cacher-ng (pi-gen's APT_PROXY)
--apt-config FILE  configuration for apt in both, such as APT::Architectures "arm64"; where a mirror
                   lacks the index of another architecture
--keep DIR         keep the trees and logs there; layers that lie there already are taken`;

/** Reads the command line. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): ConformanceOptions {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      "pi-gen": text,
      stages: { ...text, default: "stage0,stage1,stage2" },
      contract: { type: "boolean", default: false },
      "no-export": { type: "boolean", default: false },
      emulated: { type: "boolean", default: false },
      alone: { type: "boolean", default: false },
      "apt-proxy": text,
      "apt-config": text,
      keep: text,
    },
  });
  if (values.alone && values.emulated)
    throw new Error("--alone compares finished disks, and --emulated trees: ask for one of them");
  const path = (value: string | undefined) => (value ? resolve(value) : undefined);
  const piGen = path(values["pi-gen"] ?? env.PIGEN_DIR);
  if (values.alone && (piGen === undefined || values.contract || values["no-export"]))
    throw new Error(
      "--alone compares finished disks: give a checkout with --pi-gen DIR, and neither --contract nor --no-export",
    );
  return {
    piGen,
    stages: values.stages.split(","),
    contract: values.contract,
    export: !values["no-export"],
    emulated: values.emulated,
    alone: values.alone,
    aptProxy: values["apt-proxy"],
    aptConfig: path(values["apt-config"]),
    keep: path(values.keep),
  };
}
