import { wrapText } from "@pibuild/core";

/** What is written to: a stream of a process, or of a test. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** How many the terminal has; some say 0. */
  readonly columns?: number;
  getColorDepth?(env?: object): number;
}

/** A stream whose lines are broken between words where it is a terminal that is too narrow for them. */
export function wrappedStream(stream: TextStream): TextStream {
  return {
    write: (text) => stream.write(stream.isTTY && stream.columns ? wrap(stream, text) : text),
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
