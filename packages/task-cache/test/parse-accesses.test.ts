import { expect, test } from "vitest";
import { parseAccesses } from "../src/index.ts";

const token = "0123456789abcdef0123456789abcdef";

/** What is wrong with a text, and that the token is not said. */
function problems(text: string): string[] {
  try {
    parseAccesses(text, "tokens.json");
    return [];
  } catch (error) {
    const { data } = error as { data: { issues: { message: string }[] } };
    expect(JSON.stringify(data)).not.toContain(token);
    return data.issues.map(({ message }) => message);
  }
}

test("tokens with their scopes are read", () => {
  const list = [{ token, read: ["pr-7", "main"], write: "pr-7" }];
  expect(parseAccesses(JSON.stringify(list), "tokens.json")).toEqual(list);
});

test.each(["", "{}", "[]", "null", "[1"])("%j is no list of tokens", (text) => {
  expect(problems(text)).toEqual([expect.stringContaining("it has to be a list such as")]);
});

test("each entry's faults are told at once", () => {
  const list = [
    { token: "short", read: [], write: "../up" },
    { token, read: ["main"], wirte: "x" },
  ];
  expect(problems(JSON.stringify(list))).toEqual([
    "entry 1: `token` has at least 32 characters and no space",
    "entry 1: `read` is a list of scopes",
    "entry 1: `write` is the name of a scope",
    "entry 2: `wirte` is not known",
  ]);
});
