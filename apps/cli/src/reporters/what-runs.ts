import { type EventBody, formatBytes, formatDuration } from "@pibuild/core";

/** Something that runs, and what is known of it. */
interface Running {
  readonly since: number;
  /** What it said last, or how far it is. */
  said: string;
}

/** Follows what runs now, for how long, and what it said last or how far it is. */
export function createWhatRuns() {
  // A step may have a phase inside it, and goes on after that.
  const running = new Map<string, Running>();

  function say(text: string): void {
    const doing = [...running.values()].at(-1);
    if (doing !== undefined) doing.said = text;
  }

  return {
    begin(name: string): void {
      running.set(name, { since: performance.now(), said: "" });
    },
    end(name: string): void {
      running.delete(name);
    },
    clear(): void {
      running.clear();
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
    /** What began last, as `disk 1 min 3 s  37 % of 1.5 GiB`; undefined where nothing runs. */
    line(): string | undefined {
      const [name, doing] = [...running].at(-1) ?? [];
      if (doing === undefined) return undefined;
      return `${name} ${formatDuration(performance.now() - doing.since)}  ${doing.said}`;
    },
  };
}

/** `37 %` where the whole is known, else `412.0 MiB written`. */
function describeProgress({ bytes, totalBytes }: { bytes: number; totalBytes?: number }): string {
  if (totalBytes === undefined) return `${formatBytes(bytes)} written`;
  const percent = Math.min(100, Math.floor((bytes / totalBytes) * 100));
  return `${percent} % of ${formatBytes(totalBytes)}`;
}
