import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinLogins, loginFor, loginSecrets, splitLogins } from "../src/text/logins.ts";
import { createRedactor } from "../src/text/redact.ts";

describe("a login in an address", () => {
  test.each([
    [
      "https://builder:s3cr3t@repo.example.org/debian",
      "https://repo.example.org/debian",
      { machine: "https://repo.example.org/debian", user: "builder", password: "s3cr3t" },
    ],
    [
      "http://token@proxy.example.org:3128/",
      "http://proxy.example.org:3128/",
      { machine: "http://proxy.example.org:3128", user: "token", password: "" },
    ],
    [
      "deb [arch=arm64] https://u:p%40s%3As@r.example.org/x RELEASE main",
      "deb [arch=arm64] https://r.example.org/x RELEASE main",
      { machine: "https://r.example.org/x", user: "u", password: "p@s:s" },
    ],
    [
      "https://u:100%@r.example.org?x#y",
      "https://r.example.org?x#y",
      { machine: "https://r.example.org", user: "u", password: "100%" },
    ],
  ])("is taken out of %s", (text, bare, login) => {
    expect(splitLogins(text)).toEqual({ text: bare, logins: [login] });
  });

  test("is none where there is none", () => {
    for (const text of ["", "https://r.example.org/a@b", "mail a@example.org", "main contrib"])
      expect(splitLogins(text)).toEqual({ text, logins: [] });
  });

  test("can be put back, and is what a redactor has to know", () => {
    const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(word, word, (user, password) => {
        const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
        const { text, logins } = splitLogins(`https://${login}@r.example.org/x`);
        expect(text).toBe("https://r.example.org/x");
        expect(logins).toMatchObject([{ user, password }]);
        expect(splitLogins(joinLogins(text, logins)).logins).toEqual(logins);
        const basic = Buffer.from(`${user}:${password}`).toString("base64");
        const redact = createRedactor(loginSecrets(logins));
        if (basic.length >= 8) expect(redact(`Basic ${basic}`)).toBe("Basic ***");
      }),
    );
  });

  test.each([
    ["https://r.example.org/debian/dists", "r.example.org", true],
    ["http://r.example.org/debian", "r.example.org", false],
    ["http://r.example.org:8080/debian", "http://r.example.org", true],
    ["http://r.example.org/debian", "http://r.example.org/deb", false],
    ["http://r.example.org/debian/x", "http://r.example.org/debian", true],
    ["http://r.example.org.evil.example/", "http://r.example.org", false],
    ["http://r.example.org:80801/", "http://r.example.org:8080", false],
  ])("for %s is found at %s: %s", (uri, machine, found) => {
    expect(loginFor(uri, [{ machine, user: "u", password: "p" }]) !== undefined).toBe(found);
  });
});
