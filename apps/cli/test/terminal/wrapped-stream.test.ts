import { expect, test } from "vitest";
import { wrappedStream } from "../../src/terminal/wrapped-stream.ts";

/** What reaches a stream of such a width. */
function written(text: string, stream: { isTTY?: boolean; columns?: number }): string {
  const pieces: string[] = [];
  wrappedStream({ ...stream, write: (piece) => pieces.push(piece) }).write(text);
  return pieces.join("");
}

const long = "hint: run the same command again: it goes on at the step that was interrupted\n";

test("lines are broken for a terminal, and left as they are for programs and pipes", () => {
  const broken =
    "hint: run the same command again: it\n      goes on at the step that was\n      interrupted\n";
  expect(written(long, { isTTY: true, columns: 40 })).toBe(broken);
  expect(written(long, { columns: 40 })).toBe(long);
  expect(written(long, { isTTY: true, columns: 0 })).toBe(long);
});
