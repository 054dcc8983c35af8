import { type EventBody, stripControl } from "@pibuild/core";
import { createWhatRuns } from "./what-runs.ts";

/** How long nothing is said before a line tells what runs, in milliseconds. */
const silence = 60_000;

/** Where the output is no terminal: a line for each minute in which nothing else is said. */
export function createSlowLines(say: (line: string) => void) {
  const runs = createWhatRuns();
  const timer = setInterval(() => {
    const line = runs.line();
    if (line !== undefined) say(`still   ${stripControl(line).trimEnd()}`);
  }, silence);
  timer.unref();
  return {
    report(event: EventBody): void {
      runs.report(event);
    },
    print(line: string): void {
      say(line);
      timer.refresh();
    },
    clear(): void {
      clearInterval(timer);
    },
  };
}
