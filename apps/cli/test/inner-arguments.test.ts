import { expect, test } from "vitest";
import { innerArguments } from "../src/venue/inner-arguments.ts";

test.each([
  ["build pi", "build pi"],
  ["build pi --venue container --target disk", "build pi --target disk"],
  ["--venue=container build pi --no-twin", "build pi --no-twin"],
  ["build pi --container-engine podman --containerImage debian", "build pi"],
  ["build pi --json -v", "build pi -v"],
  ["build pi --runner=upstream", "build pi --runner=upstream"],
])("`%s` is `%s` in the container, natively", (outside, inside) => {
  expect(innerArguments(outside.split(" "), ["json"]).join(" ")).toBe(`${inside} --venue native`);
});
