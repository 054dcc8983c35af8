import { expect, test } from "vitest";
import { asCalled, calledAs } from "../../src/terminal/called-as.ts";

test.each([
  [{ PIBUILD_CALLED_AS: "./pibuild", npm_command: "exec" }, "./pibuild"],
  [{ npm_command: "exec" }, "npx pibuild"],
  [{ npm_command: "run-script" }, "pibuild"],
  [{}, "pibuild"],
])("a person who calls it with %j types %s", (env, called) => {
  expect(calledAs(env)).toBe(called);
});

test.each([
  [
    "hint: run `pibuild sync`, or `pibuild doctor --fix`",
    "hint: run `./p sync`, or `./p doctor --fix`",
  ],
  ["fix: pibuild sync", "fix: ./p sync"],
  ["try `PIGEN_DIR=/x pibuild plan a`", "try `PIGEN_DIR=/x ./p plan a`"],
  ["`pibuild` builds; pibuild builds", "`pibuild` builds; pibuild builds"],
  ["`npx pibuild build a`", "`npx pibuild build a`"],
])("%s", (text, shown) => {
  expect(asCalled(text, "./p")).toBe(shown);
});
