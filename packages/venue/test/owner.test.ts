import { expect, test } from "vitest";
import { isGone, ownerLabel, ownerLabels } from "../src/container/owner.ts";

async function label(change: (owner: Record<string, unknown>) => unknown): Promise<string> {
  const text = (await ownerLabels())[ownerLabel] ?? "";
  return JSON.stringify(change(JSON.parse(text)));
}
const elsewhere = (own: Record<string, unknown>, more: object) => ({
  ...own,
  place: { ...(own.place as object), ...more },
});

test.each<[string, boolean, (owner: Record<string, unknown>) => unknown]>([
  ["this process", false, (own) => own],
  ["a number that was given again", true, (own) => ({ ...own, started: "1" })],
  ["a start of this machine before this one", true, (own) => elsewhere(own, { boot: "1" })],
  ["another machine", false, (own) => ({ ...elsewhere(own, { machine: "x" }), started: "1" })],
  ["another pid namespace", false, (own) => ({ ...elsewhere(own, { pids: "x" }), started: "1" })],
])("an owner that is %s is gone: %s", async (_what, gone, change) => {
  expect(await isGone(await label(change))).toBe(gone);
});

test("a label of somebody else says nothing", async () => {
  expect(await isGone("me")).toBe(false);
});
