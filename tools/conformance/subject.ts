import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConformanceOptions } from "./options.ts";

/** Stages to build both ways. */
export interface Subject {
  readonly release: "bookworm" | "trixie";
  /** As image.yaml names them, in order; the tree at the end of the last is compared. */
  readonly stages: readonly string[];
  /** Directories of the stages that ask Raspberry Pi's archive for packages. */
  readonly asking: readonly string[];
}

/** This repository's own: every rule of the contract in a tree of the host's programs. */
const contract: Subject = {
  release: "bookworm",
  stages: ["base", "order", "left-out", "files"].map((name) => `contract/${name}`),
  asking: [],
};

/** pi-gen's own stages where a checkout is given and nothing else was asked, else the contract's. */
export async function subjectOf(options: ConformanceOptions): Promise<Subject> {
  const { piGen, stages } = options;
  if (options.contract || piGen === undefined) return contract;
  return {
    release: await releaseOf(piGen),
    stages: stages.map((stage) => `pi-gen/${stage}`),
    asking: stages.map((stage) => join(piGen, stage)),
  };
}

/** The release that a checkout builds, which stands in its build.sh. */
async function releaseOf(piGen: string): Promise<Subject["release"]> {
  const script = await readFile(join(piGen, "build.sh"), "utf8");
  return /^export RELEASE=\$\{RELEASE:-trixie\}/m.test(script) ? "trixie" : "bookworm";
}
