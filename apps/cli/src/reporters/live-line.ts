import { type EventBody, formatBytes, formatDuration, stripControl } from "@pibuild/core";
import type { TextStream } from "../terminal/wrapped-stream.ts";

/** How often the elapsed time is drawn anew, in milliseconds. */
const interval = 500;

/** Something that runs, and what is known of it. */
interface Running {
  readonly since: number;
  /** What it said last, or how far it is. */
  said: string;
}

/** The last line of a terminal: what runs now, for how long, and what it said last or how far it is. */
export function createLiveLine(process: { readonly stderr: TextStream }) {
  // A step may have a phase inside it, and goes on after that.
  const running = new Map<string, Running>();
  const timer = setInterval(draw, interval);
  timer.unref();

  function draw(): void {
    const [name, doing] = [...running].at(-1) ?? [];
    if (doing === undefined) return;
    // A terminal that does not know its width says 0.
    const width = process.stderr.columns || 80;
    const text = `${name} ${formatDuration(performance.now() - doing.since)}  ${stripControl(doing.said)}`;
    process.stderr.write(`\r\u001b[2K${text.slice(0, width - 1)}`);
  }

  function erase(): void {
    process.stderr.write("\r\u001b[2K");
  }

  function say(text: string): void {
    const doing = [...running.values()].at(-1);
    if (doing !== undefined) doing.said = text;
    draw();
  }

  return {
    begin(name: string): void {
      running.set(name, { since: performance.now(), said: "" });
      draw();
    },
    end(name: string): void {
      running.delete(name);
    },
    report(event: EventBody): void {
      if (event.type === "step-started") this.begin(event.step);
      if (event.type === "phase-started") this.begin(event.phase);
      if (event.type === "phase-finished") this.end(event.phase);
      if (/^step-(?:finished|failed|stopped)$/.test(event.type) && "step" in event)
        this.end(event.step);
      if (event.type === "command-output") say(event.line);
      if (event.type === "action-started") say(event.action);
      if (event.type === "phase-progress") say(describeProgress(event));
    },
    /** Prints a line above the live one. */
    print(line: string): void {
      erase();
      process.stderr.write(`${line}\n`);
      draw();
    },
    clear(): void {
      clearInterval(timer);
      running.clear();
      erase();
    },
  };
}

/** `37 %` where the whole is known, else `412.0 MiB written`. */
function describeProgress({ bytes, totalBytes }: { bytes: number; totalBytes?: number }): string {
  if (totalBytes === undefined) return `${formatBytes(bytes)} written`;
  const percent = Math.min(100, Math.floor((bytes / totalBytes) * 100));
  return `${percent} % of ${formatBytes(totalBytes)}`;
}
