/** A line by which pi-gen says that it begins or has ended something: a stage, a step, a file. */
export interface Mark {
  readonly what: "Begin" | "End";
  /** What begins or ends, as pi-gen names it: a path. */
  readonly path: string;
  /** Since the first line of the log. */
  readonly seconds: number;
}

const line = /^\[(\d\d):(\d\d):(\d\d)\] (Begin|End) (.+)$/;
const day = 24 * 60 * 60;

/**
 * Reads pi-gen's log line by line: `[14:57:44] Begin /x/pi-gen/stage0`. A line has a time of day
 * and no date, so what counts is how far it is from the last one, past midnight or not. More than
 * half a day is a clock that was set back, in which no time has passed.
 */
export function createLogReader(): (text: string) => Mark | undefined {
  let last: number | undefined;
  let passed = 0;
  return (text) => {
    const [, hours, minutes, seconds, what, path] = line.exec(text) ?? [];
    if (what === undefined || path === undefined) return undefined;
    const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    const since = (time - (last ?? time) + day) % day;
    last = time;
    if (since < day / 2) passed += since;
    return { what: what as Mark["what"], path, seconds: passed };
  };
}
