import { expect, test } from "vitest";
import { HeldResources } from "../src/resources/held-resources.ts";

const resource = (release: () => void): AsyncDisposable => ({
  [Symbol.asyncDispose]: async () => release(),
});

test("resources are released once, the last first", async () => {
  const released: string[] = [];
  const held = new HeldResources();
  for (const name of ["mount", "lock"]) held.use(resource(() => released.push(name)));
  await held[Symbol.asyncDispose]();
  await held[Symbol.asyncDispose]();
  expect(released).toEqual(["lock", "mount"]);
});

test("a release that fails keeps no other from being released", async () => {
  const released: string[] = [];
  const held = new HeldResources();
  held.use(resource(() => released.push("mount")));
  const fails = (message: string) =>
    held.use(
      resource(() => {
        throw new Error(message);
      }),
    );
  fails("busy");
  fails("gone");
  await expect(held[Symbol.asyncDispose]()).rejects.toMatchObject({
    errors: [new Error("gone"), new Error("busy")],
  });
  expect(released).toEqual(["mount"]);
});
