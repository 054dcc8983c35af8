import { type EventBody, formatDuration, stripControl } from "@pibuild/core";

/** How often the elapsed time is drawn anew, in milliseconds. */
const interval = 500;

/** The last line of a terminal: what runs now, for how long, and what it said last. */
export function createLiveLine(process: {
  readonly stderr: { write(text: string): unknown; columns?: number };
}) {
  let doing: { what: string; since: number } | undefined;
  let said = "";
  const timer = setInterval(draw, interval);
  timer.unref();

  function draw(): void {
    if (doing === undefined) return;
    // A terminal that does not know its width says 0.
    const width = process.stderr.columns || 80;
    const text = `${doing.what} ${formatDuration(performance.now() - doing.since)}  ${stripControl(said)}`;
    process.stderr.write(`\r\u001b[2K${text.slice(0, width - 1)}`);
  }

  function erase(): void {
    process.stderr.write("\r\u001b[2K");
  }

  return {
    report(event: EventBody): void {
      if (event.type === "step-started") doing = { what: event.step, since: performance.now() };
      if (event.type === "phase-started") doing = { what: event.phase, since: performance.now() };
      if (event.type === "step-finished" || event.type === "phase-finished") doing = undefined;
      if (event.type === "command-output" || event.type === "action-started") {
        said = event.type === "action-started" ? event.action : event.line;
        draw();
      }
    },
    /** Prints a line above the live one. */
    print(line: string): void {
      erase();
      process.stderr.write(`${line}\n`);
      draw();
    },
    clear(): void {
      clearInterval(timer);
      doing = undefined;
      erase();
    },
  };
}
