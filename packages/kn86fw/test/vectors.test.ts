import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { applyPayload } from "../src/apply/apply-payload.ts";
import { directoryState } from "../src/apply/update-state.ts";
import { parseKeyValues, readDeviceFacts } from "../src/device/device-facts.ts";
import { readTrustedKeys } from "../src/keys/trusted-keys.ts";
import { openSource } from "../src/read/source.ts";
import { memoryDevice, memoryState } from "./memory.ts";
import { createRig, refusalOf } from "./rig.ts";

const here = join(import.meta.dirname, "vectors");
const image = (system: string, name: string) =>
  zstdDecompressSync(readFileSync(join(here, "images", system, `${name}.zst`)));

const rows = readFileSync(join(here, "vectors.tsv"), "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t") as [string, string, string, string, string, string]);

/** What slot B has before an update: something that is nobody's. */
const before = (size: number) => Buffer.alloc(size, "before");

async function applyVector([payload, deviceName, floor, keys, base]: (typeof rows)[number]) {
  await using rig = await createRig();
  if (floor !== "none") await rig.write("floor", await readFile(join(here, "floors", floor)));
  const described = join(here, "devices", deviceName);
  const sizes = parseKeyValues(await readFile(described, "utf8"));
  const size = (name: string) => Number(sizes.get(name));
  const inactive = {
    boot: memoryDevice(before(size("BOOT_SIZE")), "boot-b"),
    root: memoryDevice(before(size("ROOT_SIZE")), "root-b"),
  };
  const state = memoryState(await directoryState(rig.directory).readFloor());
  const keyFiles = readdirSync(join(here, "keys", keys)).map((name) =>
    join(here, "keys", keys, name),
  );
  await using file = await openSource({ path: join(here, "payloads", `${payload}.kn86fw`) });
  const refusal = await refusalOf(
    applyPayload(
      file,
      {
        device: await readDeviceFacts(described),
        state,
        running: { slot: "a", confirmed: true },
        inactive,
        active: {
          boot: memoryDevice(image(base, "boot"), "boot-a"),
          root: memoryDevice(image(base, "root"), "root-a"),
        },
      },
      { trust: await readTrustedKeys(keyFiles) },
    ),
  );
  return { refusal, boot: inactive.boot.bytes, root: inactive.root.bytes, state };
}

describe("every vector has the answer of the table", () => {
  test.each(rows)("%s on %s, floor %s, keys %s, base %s: %s", async (...row) => {
    const expected = row[5];
    const { refusal, boot, root, state } = await applyVector(row);
    expect(refusal ?? "ok").toBe(expected);
    expect(state.pending?.slot).toBe(expected === "ok" ? "b" : undefined);
    if (expected === "ok") {
      expect(boot.equals(image("new-b", "boot"))).toBe(true);
      expect(root.equals(image("new-b", "root"))).toBe(true);
    } else if (expected === "chunk") {
      expect(boot.subarray(0, 512).every((byte) => byte === 0)).toBe(true);
    } else {
      expect(boot.equals(before(boot.length)) && root.equals(before(root.length))).toBe(true);
    }
  });
});

test("every payload is in the table, and every refusal that a file can cause", () => {
  const payloads = readdirSync(join(here, "payloads")).map((name) => name.replace(/\.kn86fw$/, ""));
  expect(new Set(rows.map(([payload]) => payload))).toEqual(new Set(payloads));
  const words = ["ok", "format", "unsigned", "key", "signature", "manifest", "size", "compatible"];
  const more = [
    "board",
    "layout",
    "slot-size",
    "epoch",
    "version",
    "body",
    "index",
    "base",
    "chunk",
  ];
  expect(new Set(rows.map((row) => row[5]))).toEqual(new Set([...words, ...more]));
});
