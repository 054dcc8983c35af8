import { expect, test } from "vitest";
import { policyOf } from "../src/cli/policy-of.ts";

test("the host's own sources are archives, and each is its own first mirror", () => {
  const sources = [
    { uri: "http://a.example/debian" },
    { uri: "file:/srv/x" },
    { uri: "http://a.example/debian" },
  ];
  const further = [
    "http://a.example/debian=https://b.example/debian/",
    "http://c.example/x/=http://d.example/x",
  ];
  expect(policyOf(sources, further)).toEqual([
    {
      ...{ name: "a.example/debian", addresses: ["http://a.example/debian"] },
      candidates: ["http://a.example/debian", "https://b.example/debian"],
    },
    { name: "c.example/x", addresses: ["http://c.example/x"], candidates: ["http://d.example/x"] },
  ]);
});

test("what is no address is said", () => {
  for (const word of ["a.example", "http://a.example", "http://a.example=b"])
    expect(() => policyOf([], [word])).toThrow(`not \`${word}\``);
  expect(() => policyOf([], [])).toThrow("apt has no sources");
});
