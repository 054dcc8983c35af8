import { renderError } from "@pibuild/core";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../src/index.ts";

describe("an address of a repository", () => {
  test.each([
    ["registry.example/a", "https://registry.example", "a"],
    ["registry.example:5000/a/b-c/d_e.f", "https://registry.example:5000", "a/b-c/d_e.f"],
    ["https://registry.example/a", "https://registry.example", "a"],
    ["http://registry.example/a", "http://registry.example", "a"],
    ["localhost:5000/a", "http://localhost:5000", "a"],
    ["127.0.0.1:5000/a", "http://127.0.0.1:5000", "a"],
    ["[::1]:5000/a", "http://[::1]:5000", "a"],
    ["https://localhost/a", "https://localhost", "a"],
    ["localhost.example/a", "https://localhost.example", "a"],
  ])("%s leads to %s", (text, origin, repository) => {
    expect(parseAddress(text)).toMatchObject({ origin, repository });
  });

  test.each([
    ...["", "registry.example", "registry.example/", "/a", "registry.example/A"],
    ...["registry.example/a//b", "registry.example/../a", "registry.example/a?b", "a b/c"],
    ...["oci://registry.example/a", "file:///a", "registry.example:port/a", "registry.example/a "],
  ])("%j is none, and the error says what one is", (text) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({ code: "REGISTRY_ADDRESS", exitCode: 3 }),
    );
  });

  test.each([
    ...["https://me:s3cret@registry.example/a", "me:s3cret@registry.example/a"],
    ...["http://s3cret@localhost:5000/a", "https://me:s3cret@registry.example"],
  ])("%j is refused, and its login shown nowhere", (text) => {
    try {
      parseAddress(text);
      expect.unreachable();
    } catch (error) {
      const shown = renderError(error);
      expect(shown).toContain("a login stands in it");
      expect(shown).toContain("docker login");
      expect(shown + JSON.stringify(error)).not.toContain("s3cret");
    }
  });
});
