import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take a minute or many, the longest first. */
const long = [
  "debian-lite.test.ts",
  "build-limits.test.ts",
  "docker.test.ts",
  "payload-target.test.ts",
  "power-cut.test.ts",
];

/** Starts the longest files first: one that begins late would have the machine to itself at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = long.indexOf(basename(moduleId));
      return index === -1 ? long.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
