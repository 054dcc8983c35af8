import { renderError } from "@pibuild/core";
import { expect, test } from "vitest";
import { requireLock } from "../src/open/read-lock.ts";

test("a lock that is asked for and not there is told together with the command that makes it", async () => {
  const image = { directory: "/nowhere/pi", name: "pi", release: "bookworm" } as const;
  const error = await requireLock(image).catch((thrown: Error) => thrown);
  expect(renderError(error as Error)).toBe(
    "error: the lock of pi is missing: `/nowhere/pi/pibuild.lock` does not exist\n\nhint: `pibuild lock pi` makes it",
  );
});
