import { createExec } from "@pibuild/core";
import { createRig, needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { configText } from "../src/upstream/prepare-upstream.ts";

const onBash = needs("bash");

onBash("bash reads every value as it was, and exports it", async () => {
  const values = {
    QUOTES: `it's "quoted" \`twice\``,
    EXPANDS: "$HOME $(id) \\n ${X} !!",
    LINES: "one\ntwo\n",
    EMPTY: "",
    SPACES: "  a  b  ",
    WORDS: "Főtanúsítvány; rm -rf /",
  };
  await using rig = await createRig();
  await rig.write({ config: configText(values) });
  const names = Object.keys(values);
  const script = `source "$1"; exec env --null`;
  const { stdout } = await createExec().run({
    program: "bash",
    args: ["-ec", script, "bash", `${rig.path}/config`],
  });
  const seen = new Map(
    stdout.split("\0").map((entry) => [entry.split("=", 1)[0], entry.replace(/^[^=]*=/, "")]),
  );
  expect(Object.fromEntries(names.map((name) => [name, seen.get(name)]))).toEqual(values);
});
