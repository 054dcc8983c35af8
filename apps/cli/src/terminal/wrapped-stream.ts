import { wrapText } from "@pibuild/core";
import { asCalled } from "./called-as.ts";

/** What is written to: a stream of a process, or of a test. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** How many the terminal has; some say 0. */
  readonly columns?: number;
  getColorDepth?(env?: object): number;
}

/**
 * A stream for people: its lines are broken between words where it is a terminal that is too narrow for
 * them, and commands in them begin as this program was `called`.
 */
export function wrappedStream(stream: TextStream, called = "pibuild"): TextStream {
  const shown = (text: string) => (stream.isTTY && stream.columns ? wrap(stream, text) : text);
  return {
    write: (text) => stream.write(shown(asCalled(text, called))),
    get columns() {
      return stream.columns ?? 0;
    },
    get isTTY() {
      return stream.isTTY === true;
    },
    getColorDepth: (env) => stream.getColorDepth?.(env) ?? 1,
  };
}

function wrap({ columns = 0 }: TextStream, text: string): string {
  return wrapText(text, columns);
}
