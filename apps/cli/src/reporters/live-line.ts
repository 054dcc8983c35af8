import { type EventBody, stripControl } from "@pibuild/core";
import type { TextStream } from "../terminal/wrapped-stream.ts";
import { createWhatRuns } from "./what-runs.ts";

/** How often the elapsed time is drawn anew, in milliseconds. */
const interval = 500;

/** The last line of a terminal: what runs now, for how long, and what it said last or how far it is. */
export function createLiveLine(process: { readonly stderr: TextStream }) {
  const runs = createWhatRuns();
  const timer = setInterval(draw, interval);
  timer.unref();

  function draw(): void {
    const text = runs.line();
    if (text === undefined) return;
    // A terminal that does not know its width says 0.
    const width = process.stderr.columns || 80;
    process.stderr.write(`\r\u001b[2K${stripControl(text).slice(0, width - 1)}`);
  }

  function erase(): void {
    process.stderr.write("\r\u001b[2K");
  }

  return {
    begin(name: string): void {
      runs.begin(name);
      draw();
    },
    end: runs.end,
    report(event: EventBody): void {
      runs.report(event);
      if (/^(?:step|phase|action)-started$|^command-output$|^phase-progress$/.test(event.type))
        draw();
    },
    /** Prints a line above the live one. */
    print(line: string): void {
      erase();
      process.stderr.write(`${line}\n`);
      draw();
    },
    clear(): void {
      clearInterval(timer);
      runs.clear();
      erase();
    },
  };
}
