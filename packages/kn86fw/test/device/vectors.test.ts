import { readdirSync, readFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { zstdDecompressSync } from "node:zlib";
import { findProgram } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { payloadRefusals } from "../../src/refusals.ts";
import { cmdline } from "../rig.ts";
import { createMachine } from "./machine.ts";
import { everything, slotOf } from "./slots.ts";

const vectors = new URL("../vectors/", import.meta.url);
const text = (name: string) => readFileSync(new URL(name, vectors), "utf8");
const image = (name: string) =>
  zstdDecompressSync(readFileSync(new URL(`images/${name}.zst`, vectors)));

const [head, ...rows] = text("vectors.tsv").trimEnd().split("\n");

/** The exit code that kn86-update's own table gives a word. */
function exitCode(word: string): number {
  return word === "ok" ? 0 : 10 + payloadRefusals.indexOf(word as (typeof payloadRefusals)[number]);
}

test("the table has the fields that are read here", () => {
  expect(head).toBe("payload\tdevice\tfloor\tkeys\tbase\texpect");
  expect(rows.length).toBeGreaterThan(60);
});

test.for(rows)("%s", async (row) => {
  const [payload, device, floor, keys, base, word = ""] = row.split("\t");
  const facts = Object.fromEntries(
    text(`devices/${device}`)
      .trimEnd()
      .split("\n")
      .map((line) => line.split("=") as [string, string]),
  );
  const { BOOT_SIZE, ROOT_SIZE, ...known } = facts;
  await using machine = await createMachine({
    device: known,
    keys: Object.fromEntries(
      readdirSync(new URL(`keys/${keys}/`, vectors)).map((name) => [
        name,
        text(`keys/${keys}/${name}`),
      ]),
    ),
    partitions: {
      "boot-a": image(`${base}/boot`),
      "root-a": image(`${base}/root`),
      "boot-b": Buffer.alloc(Number(BOOT_SIZE), "noise"),
      "root-b": Buffer.alloc(Number(ROOT_SIZE), "noise"),
    },
  });
  if (floor !== "none") await machine.write("home/shared/.kn86/floor", text(`floors/${floor}`));
  const before = await everything(machine);
  const file = fileURLToPath(new URL(`payloads/${payload}.kn86fw`, vectors));
  const result = await machine.update("apply", "--no-reboot", file);
  expect({ word: result.stderr.split(":")[0] || "ok", exitCode: result.exitCode }).toEqual({
    word,
    exitCode: exitCode(word),
  });
  expect(result.stderr.split("\n")).toHaveLength(1);
  const after = await everything(machine);
  if (word === "ok") {
    expect(await slotOf(machine, "b")).toEqual({
      boot: image("new-b/boot"),
      root: image("new-b/root"),
    });
    expect({ ...after, b: before.b, pending: before.pending }).toEqual(before);
  } else if (word === "chunk") {
    expect(after.b.boot.subarray(0, 512)).toEqual(Buffer.alloc(512));
    expect({ ...after, b: before.b }).toEqual(before);
  } else expect(after).toEqual(before);
});

test("from slot b, slot a gets its own form", async () => {
  const bootB = image("old/boot");
  cmdline.b.copy(bootB, cmdline.offset);
  await using machine = await createMachine({
    slot: "b",
    partitions: {
      "boot-b": bootB,
      "root-b": image("old/root"),
      "boot-a": Buffer.alloc(bootB.length, "noise"),
      "root-a": Buffer.alloc(image("old/root").length, "noise"),
    },
  });
  const file = fileURLToPath(new URL("payloads/good-delta.kn86fw", vectors));
  expect(await machine.update("apply", "--no-reboot", file)).toMatchObject({
    exitCode: 0,
    stderr: "",
  });
  expect(await slotOf(machine, "a")).toEqual({
    boot: image("new-a/boot"),
    root: image("new-a/root"),
  });
});

needs("original-awk")("another awk than mawk gives the same answers", async () => {
  const payloads = [
    "good-delta",
    "format-header",
    "manifest-fraction",
    "index-gap",
    "chunk-no-frame",
  ];
  await using machine = await createMachine({ device: { VERSION: "1.1.0", SECURITY_EPOCH: 2 } });
  const file = (name: string) => fileURLToPath(new URL(`payloads/${name}.kn86fw`, vectors));
  const answers = async () => {
    const results = [];
    for (const name of payloads) results.push(await machine.update("verify", file(name)));
    return results.map(({ exitCode, stderr }) => ({ exitCode, stderr }));
  };
  const usual = await answers();
  expect(usual.map(({ exitCode }) => exitCode)).toEqual([0, 13, 17, 26, 28]);
  await symlink(findProgram("original-awk") as string, machine.path("bin/awk"));
  expect(await answers()).toEqual(usual);
});
