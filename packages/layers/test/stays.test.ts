import { sha256 } from "@pibuild/core";
import { describe, expect, test } from "vitest";
import { type LayerRecord, mayLeave, type Stays, staysAbove } from "../src/index.ts";
import { entryFor } from "./store-entry.ts";

const hidden = { PASSWORD: `hmac:${"0".repeat(64)}` };

function record(change: Partial<LayerRecord> = {}, settings = {}): LayerRecord {
  const layer = { digest: sha256("layer"), bytes: 5 };
  return { version: 2, ...entryFor(1, settings), layer, ...change };
}

describe("a layer may leave its machine", () => {
  test.each<[string, LayerRecord, boolean]>([
    ["that says nothing", record(), true],
    ["with settings that anybody may read", record({}, { LOCALE: "C" }), true],
    ["that holds a secret", record({ stays: "secret" }), false],
    ["that depends on the machine", record({ stays: "machine" }), false],
    ["of version 1, which says nothing of it", record({ version: 1 }), false],
    ["with a hidden value, whatever it says", record({}, hidden), false],
    ["with an empty secret", record({}, { PASSWORD: "" }), true],
  ])("%s: %s", (_name, each, may) => {
    expect(mayLeave(each)).toBe(may);
  });
});

describe("a layer stays as those below it do", () => {
  test.each<[Stays | undefined, LayerRecord[], Stays | undefined]>([
    [undefined, [], undefined],
    [undefined, [record(), record()], undefined],
    ["secret", [record()], "secret"],
    ["machine", [], "machine"],
    [undefined, [record({ stays: "secret" }), record()], "secret"],
    [undefined, [record(), record({ stays: "machine" })], "machine"],
    ["machine", [record({ stays: "secret" })], "secret"],
    ["secret", [record({ stays: "machine" })], "secret"],
    [undefined, [record({ version: 1 })], "machine"],
    [undefined, [record({ version: 1 }, hidden)], "secret"],
  ])("%s over %o: %s", (own, below, stays) => {
    expect(staysAbove(own, below)).toBe(stays);
  });
});
