import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The ends of paths of files that take half a minute or more, the longest first. */
const long = [
  "image/debian-lite.test.ts",
  "build-limits.test.ts",
  "packages/cache/test/faults.test.ts",
  "docker.test.ts",
  "payload-target.test.ts",
  "cache/commands.test.ts",
  "build-report.test.ts",
  "device/power-cut.test.ts",
  "killed-build.test.ts",
  "ab-disk.test.ts",
  "cache/shared.test.ts",
  "deployed.test.ts",
  "upstream-runner.test.ts",
  "damage.test.ts",
  "settings-caching.test.ts",
  "device/vectors.test.ts",
];

/** Starts the longest files first: one that begins late would have the machine to itself at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = long.findIndex((end) => moduleId.endsWith(end));
      return index === -1 ? long.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
