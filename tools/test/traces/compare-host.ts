import { writeFileSync } from "node:fs";
import { changedTraces, hostTraces, ofTheseTests } from "@pibuild/test-kit";
import { readSeen, tracesFiles, tracesVariable } from "./traces-files.ts";

/** Compares the machine before all tests with the machine after them, and keeps what differs. */
export default function compareHost(): (() => void) | undefined {
  const directory = process.env[tracesVariable];
  if (directory === undefined) return undefined;
  const files = tracesFiles(directory);
  const before = hostTraces();
  writeFileSync(files.before, JSON.stringify(before));
  return () => {
    const seen = readSeen(directory);
    const left = ofTheseTests(changedTraces(before, hostTraces()));
    const told = left.map((line) => {
      const first = seen.find(({ lines }) => lines.includes(line));
      return `${line} (${first === undefined ? "after all tests" : `after ${first.testFile}`})`;
    });
    writeFileSync(files.left, JSON.stringify(told));
  };
}
