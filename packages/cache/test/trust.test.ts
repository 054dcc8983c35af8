import { canonicalJson, sha256 } from "@pibuild/core";
import { describe, expect, test } from "vitest";
import {
  checkEntry,
  type Entry,
  entryText,
  generateKey,
  parsePrivateKey,
  parsePublicKey,
  signEntry,
} from "../src/index.ts";

const pair = generateKey();
const signer = parsePrivateKey(pair.pem, "a test");
const trusted = parsePublicKey(pair.publicText, "a test");
const other = generateKey();
const stranger = parsePublicKey(other.publicText, "a test");

const entry: Entry = {
  ...{ version: 1, kind: "layer", scope: "main", key: sha256("key") },
  blobs: [{ name: "layer", digest: sha256("layer"), bytes: 5 }],
  about: { step: "base/00", inputs: { settings: { A: "1" } } },
};
const asked = { kind: "layer", key: entry.key, scope: "main" } as const;
const text = entryText(signEntry(entry, signer));

describe("a record", () => {
  test("is taken with the signature of a trusted key, of one of several, and with any where none is", () => {
    expect(checkEntry(text, asked, [trusted])).toMatchObject({ signed: { entry } });
    expect(checkEntry(text, asked, [stranger, trusted])).toMatchObject({ signed: { entry } });
    expect(checkEntry(entryText(signEntry(entry, undefined)), asked, [])).toMatchObject({
      signed: { entry },
    });
  });

  test("is the same in another order of keys, and with another layout", () => {
    const turned = JSON.stringify(
      Object.fromEntries(Object.entries(JSON.parse(text)).reverse()),
      undefined,
      3,
    );
    expect(checkEntry(turned, asked, [trusted])).toMatchObject({ signed: { entry } });
  });

  test.each<[string, (signed: { entry: Entry; signatures: unknown[] }) => unknown]>([
    [
      "another blob",
      ({ entry: { blobs } }) => Object.assign(blobs[0] ?? {}, { digest: sha256("x") }),
    ],
    ["another length", ({ entry: { blobs } }) => Object.assign(blobs[0] ?? {}, { bytes: 6 })],
    [
      "another name of a blob",
      ({ entry: { blobs } }) => Object.assign(blobs[0] ?? {}, { name: "x" }),
    ],
    ["one blob more", ({ entry: { blobs } }) => (blobs as unknown[]).push(blobs[0])],
    ["another step", (signed) => Object.assign(signed.entry.about as object, { step: "base/01" })],
    ["a word more", (signed) => Object.assign(signed.entry, { more: true })],
    [
      "another's name at its signature",
      (signed) => Object.assign(signed.signatures[0] as object, { signature: "AAAA" }),
    ],
  ])("with %s is forged", (_what, change) => {
    const signed = JSON.parse(text);
    change(signed);
    expect(checkEntry(canonicalJson(signed), asked, [trusted])).toEqual({ refusal: "forged" });
  });

  test("is refused without a signature, and with that of a stranger alone", () => {
    expect(checkEntry(entryText({ entry, signatures: [] }), asked, [trusted])).toEqual({
      refusal: "unsigned",
    });
    expect(checkEntry(text, asked, [stranger])).toEqual({ refusal: "stranger" });
  });

  test("is refused under another key or kind, and in another scope, whoever signed it", () => {
    const wrong = (change: object) => checkEntry(text, { ...asked, ...change }, [trusted]);
    expect(wrong({ key: sha256("another") })).toEqual({ refusal: "another-key" });
    expect(wrong({ kind: "result" })).toEqual({ refusal: "another-key" });
    expect(wrong({ scope: "pr-1" })).toEqual({ refusal: "another-scope" });
  });

  test("is refused where its key may not speak for its scope", () => {
    const limited = parsePublicKey(pair.publicText, "a test", ["pr-1", "pr-2"]);
    expect(checkEntry(text, asked, [limited])).toEqual({ refusal: "not-for-this-scope" });
    const inPr = entryText(signEntry({ ...entry, scope: "pr-1" }, signer));
    expect(checkEntry(inPr, { ...asked, scope: "pr-1" }, [limited])).toHaveProperty("signed");
  });

  test.each([
    ...["", "null", "[]", "{}", '{"entry":null,"signatures":[]}', text.slice(0, -9)],
    text.replace('"version":1', '"version":2'),
    text.replace('"bytes":5', '"bytes":-5'),
    text.replace('"bytes":5', '"bytes":5.5'),
    text.replace(sha256("layer"), "../../../etc/passwd"),
    text.replace('"kind":"layer"', '"kind":"other"'),
  ])("that is damaged is none: %#", (damaged) => {
    expect(checkEntry(damaged, asked, [trusted])).toEqual({ refusal: "damaged" });
  });
});

describe("a key", () => {
  test("is read from PEM, also with its newlines written out, and shown by its public half", () => {
    for (const pem of [pair.pem, pair.pem.trim(), pair.pem.replaceAll("\n", "\\n")])
      expect(parsePrivateKey(pem, "a test").publicText).toBe(pair.publicText);
  });

  test.each(["", "secret", pair.publicText, pair.pem.slice(0, 60), pair.pem.replace("M", "N")])(
    "that is none is refused, and not shown: %#",
    (wrong) => {
      try {
        parsePrivateKey(wrong, "PIBUILD_CACHE_SIGN_KEY");
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: "CACHE_KEY_INVALID", exitCode: 3 });
        if (wrong !== "") expect(String(error)).not.toContain(wrong.trim());
      }
    },
  );

  test("of another kind is refused", () => {
    expect(() => parsePublicKey("ed25519:AAAA", "`trust:`")).toThrow("44 characters of base64");
    expect(() => parsePublicKey("rsa:AAAA", "`trust:`")).toThrow("44 characters of base64");
  });
});
