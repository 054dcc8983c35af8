import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hintedCall } from "@pibuild/graph";
import { type Application, type CommandContext, run } from "@stricli/core";
import { describe, expect, test } from "vitest";
import { createApp } from "../../../packages/binfmt/src/cli/app.ts";
import { createApp as createPibuild } from "../src/app.ts";
import { sameVenue } from "../src/venue/same-venue.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const places = ["{packages,apps}/*/src/**/*.ts", "README.md", "{docs,packages/*}/*.md"];

/** A command line between backticks, in a text or in the source of one; variables may come first. */
const printed = /\\?`((?:[A-Z_]+=\S+ )?(?:npx @pibuild\/binfmt|pibuild)(?: [^`\n]*?)?)\\?`/g;

interface Printed {
  readonly line: string;
  readonly at: string;
}

function printedCommands(): Printed[] {
  return globSync(places, { cwd: root }).flatMap((at) =>
    [...readFileSync(join(root, at), "utf8").matchAll(printed)].flatMap(([, text = ""]) => {
      // What is filled in, in a template or by the reader, is one word.
      const line = text
        .replace(/\$\{[^}]*\}|<[^>]*>|\.\.\./g, "x")
        .replaceAll("\\", "")
        .replace("--arch x", "--arch arm64");
      // A pipe, a text that is hashed, and a command that is named elsewhere are no call.
      return /[|]|disk id0/.test(line) || /^(?:pibuild|npx \S+) x/.test(line) ? [] : [{ line, at }];
    }),
  );
}

/** A command line of which no command does anything: what is left is how it reads arguments. */
function readerOf<C extends CommandContext>(
  application: Application<C>,
): (words: readonly string[]) => Promise<{ readonly exitCode: number; readonly said: string }> {
  const idle = (target: object): void => {
    if ("loader" in target) target.loader = async () => () => undefined;
    if (!("getAllEntries" in target)) return;
    const all = (target.getAllEntries as () => readonly { readonly target: object }[])();
    for (const entry of all) idle(entry.target);
  };
  idle(application.root);
  return async (words) => {
    const said: string[] = [];
    const stream = { write: (text: string) => void said.push(text) };
    const process: { exitCode?: number } & object = Object.assign(
      {},
      { stdout: stream, stderr: stream },
    );
    await run(application, words, { process } as unknown as C);
    return { exitCode: process.exitCode ?? 0, said: said.join("") };
  };
}

const pibuild = readerOf(createPibuild());
const binfmt = readerOf(createApp("0.0.0"));

describe("a command that is printed is one that the command line reads", () => {
  const commands = printedCommands();

  test("those of hints are found", () => {
    const lines = commands.map(({ line }) => line);
    for (const known of ["pibuild doctor --fix", "pibuild sync", "pibuild clean --store"])
      expect(lines).toContain(known);
  });

  test.each([...new Map(commands.map((each) => [each.line, each])).values()])(
    "$line",
    async ({ line, at }) => {
      const words = line
        .replace(/^(?:[A-Z_]+=\S+ )?(?:pibuild|npx @pibuild\/binfmt) ?/, "")
        .split(" ");
      const read = line.includes("npx @pibuild/binfmt") ? binfmt : pibuild;
      const { exitCode, said } = await read(words.filter((word) => word !== ""));
      // A command that is only named stands without what it is about.
      const isName = exitCode !== 0 && words.every((word) => /^[a-z]+$/.test(word));
      if (isName && /^error: name the |^Expected/.test(said)) return;
      expect({ at, exitCode, said: exitCode === 0 ? "" : said }).toEqual({
        at,
        exitCode: 0,
        said: "",
      });
    },
  );

  test.each([
    ["shell", "t", "s/00-x"],
    ["clean", "t", "--from", "s/00-x"],
  ])("in a container, with a password in a file: %s", async (...words) => {
    const flags = sameVenue({ containerEngine: "podman" }, { PIBUILD_CONTAINER_IMAGE: "debian" });
    const env = { FIRST_USER_PASS_FILE: "/a b", PIBUILD_CALL_FLAGS: flags };
    const [variable, rest = ""] = hintedCall(words, env).split(" pibuild ");
    expect(variable).toBe("FIRST_USER_PASS_FILE='/a b'");
    expect(rest).toMatch(/--venue container --container-engine podman --container-image debian$/);
    expect(await pibuild(rest.split(" "))).toEqual({ exitCode: 0, said: "" });
  });

  test("an unknown command and an unknown flag are told", async () => {
    expect((await pibuild(["shel", "x", "y"])).exitCode).not.toBe(0);
    expect((await pibuild(["shell", "x", "y", "--afters"])).exitCode).not.toBe(0);
  });
});
