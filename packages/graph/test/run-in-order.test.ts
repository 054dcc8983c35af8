import { expect, test } from "vitest";
import { runInOrder } from "../src/targets/run-in-order.ts";

const targets = [
  { name: "binfmt", after: [] },
  { name: "base", after: ["binfmt"] },
  { name: "disk", after: ["base"] },
  { name: "artifacts", after: ["disk"] },
  { name: "payload", after: ["disk"] },
  { name: "all", after: ["artifacts", "payload"] },
];

test("a target runs after those that it needs, and nothing else does", async () => {
  const ran: string[] = [];
  await runInOrder(targets, "disk", async ({ name }) => {
    ran.push(name);
  });
  expect(ran).toEqual(["binfmt", "base", "disk"]);
});

test("what does not need each other runs side by side", async () => {
  const both = Promise.withResolvers<void>();
  let running = 0;
  await runInOrder(targets, "all", async ({ name, after }) => {
    if (!after.includes("disk")) return;
    running += 1;
    if (running === 2) both.resolve();
    // Neither would end if one had to wait for the other.
    await both.promise;
    expect(name).not.toBe("all");
  });
  expect(running).toBe(2);
});

test("after a failure nothing that needs it begins, and what runs comes to its end", async () => {
  const failed = Promise.withResolvers<void>();
  const ended: string[] = [];
  const run = async ({ name }: { name: string }) => {
    if (name === "artifacts") {
      failed.resolve();
      throw new Error("no room");
    }
    if (name === "payload") await failed.promise;
    ended.push(name);
  };
  await expect(runInOrder(targets, "all", run)).rejects.toThrow("no room");
  expect(ended).toEqual(["binfmt", "base", "disk", "payload"]);
});
