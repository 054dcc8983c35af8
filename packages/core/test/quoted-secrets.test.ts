import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createExec } from "../src/exec/create-exec.ts";
import { findCommand } from "../src/exec/find-program.ts";
import { createRedactor } from "../src/text/redact.ts";

/** Texts of what shells quote, in every mixture. */
const awkward = fc
  .array(
    fc.constantFrom(
      ...["'", '"', "\\", "$", "`", " ", "!", "#", "~", "=", ":", "*", "[", "]", "{", "}", ","],
      ...["&", "|", ";", "<", ">", "(", ")", "^", "%", "+", "?", "@", "a", "Z", "9", "\t"],
      ...["ü", "漢", "💡"],
    ),
    { minLength: 4, maxLength: 12 },
  )
  .map((parts) => parts.join(""));
const secrets = [
  ...["it's", "'start", "end'", "a''b'''c", "#hash", "a=~b", "~user", "tab\there", "pä'ss"],
  ...fc.sample(awkward, { numRuns: 150, seed: 21 }),
];

/** What a shell prints while it does this with each secret in `$s`. */
async function printed(shell: string, action: string, locale: string): Promise<string[]> {
  const script = `for s; do { ${action}\n} 2>&1; printf '\\36'; done 2>/dev/null`;
  const { stdout } = await createExec().run({
    program: { path: findCommand(shell) ?? shell },
    args: ["-c", script, shell, ...secrets],
    env: { LC_ALL: locale },
  });
  return stdout.split("\u001e").slice(0, -1);
}

const ways = [
  ["bash", "set -x", 'set -x; : "pre${s}post"; set +x'],
  ["bash", "set -x of what is quoted already", 'set -x; : bash -c "echo pre${s@Q}post"; set +x'],
  ["bash", "printf %q", "printf '%q\\n' \"pre${s}post\""],
  ["bash", "@Q", 'w="pre${s}post"; printf \'%s\\n\' "${w@Q}"'],
  ["bash", "declare -p", 'w="pre${s}post"; declare -p w'],
  ["bash", "export -p", 'export w="pre${s}post"; export -p | grep " w="'],
  ["dash", "set -x", 'set -x; : "pre${s}post"; set +x'],
  ["dash", "export -p", 'export w="pre${s}post"; export -p | grep " w="'],
] as const;

describe.each(["C.UTF-8", "C"])(
  "in the locale %s a secret is gone from what is printed",
  (locale) => {
    test.each(ways)("by %s: %s", async (shell, _name, action) => {
      const all = await printed(shell, action, locale);
      const left = secrets.flatMap((secret, index) => {
        const shown = createRedactor([secret])(all[index] ?? "");
        return /pre[\\'"$]*\*\*\*[\\'"$]*post/.test(shown) ? [] : [{ secret, shown }];
      });
      expect(left).toEqual([]);
    });
  },
);

test("a secret is gone from JSON, addresses and what a terminal shows of it", () => {
  fc.assert(
    fc.property(fc.oneof(awkward, fc.string({ minLength: 4, unit: "binary" })), (secret) => {
      fc.pre(secret.isWellFormed() && secret.trim().length >= 4);
      const redact = createRedactor([secret]);
      const written = [
        JSON.stringify(secret).slice(1, -1),
        JSON.stringify(JSON.stringify(secret)).slice(3, -3),
        encodeURIComponent(secret),
        encodeURI(secret),
        new URLSearchParams({ q: secret }).toString().slice(2),
      ];
      for (const text of written) expect(redact(`pre ${text} post`)).toBe("pre *** post");
    }),
  );
});

test("a secret of several lines is one also where it is printed on one", () => {
  const redact = createRedactor(["ab\ncd"]);
  expect(redact("echo $'ab\\ncd'")).toBe("echo $'***'");
  expect(redact('{"token":"ab\\ncd"}')).toBe('{"token":"***"}');
});

test("what is made of a secret is not known for it", () => {
  const secret = "it's secret";
  const encoded = Buffer.from(secret).toString("base64");
  expect(createRedactor([secret])(encoded)).toBe(encoded);
});
