import { expect, test } from "vitest";
import { rightsLadder } from "../src/container/rights.ts";
import { type ContainerRequest, runArguments } from "../src/container/run-arguments.ts";

const least: ContainerRequest = {
  name: "n",
  image: "debian:bookworm",
  entrypoint: "node",
  args: ["pibuild", "--json"],
  network: { kind: "host", name: "host" },
};
const end = ["--entrypoint", "node", "debian:bookworm", "pibuild", "--json"];
const begin = ["run", "--name", "n", "--network", "host"];

test.each<[string, Partial<ContainerRequest>, readonly string[]]>([
  ["nothing more", {}, []],
  ["a pipe", { input: "pipe" }, ["--interactive"]],
  ["a terminal", { input: "terminal" }, ["--interactive", "--tty"]],
  ["labels", { labels: { "pibuild.owner": "{}" } }, ["--label", "pibuild.owner={}"]],
  [
    "a variable by value, and one whose value no argument shows",
    { variables: { A: "1", FIRST_USER_PASS: undefined } },
    ["--env", "A=1", "--env", "FIRST_USER_PASS"],
  ],
  ["a directory to start in", { cwd: "/a b" }, ["--workdir", "/a b"]],
  [
    "paths with a space, a comma and a quote",
    {
      mounts: [
        { type: "bind", source: "/a b", target: "/a b" },
        { type: "bind", source: '/c,"d', target: "/e", readonly: true },
        { type: "volume", source: "v", target: "/v" },
      ],
    },
    [
      ...["--mount", "type=bind,source=/a b,target=/a b"],
      ...["--mount", 'type=bind,"source=/c,""d",target=/e,readonly'],
      ...["--mount", "type=volume,source=v,target=/v"],
    ],
  ],
  ["rights", { rights: { name: "few", args: ["--cap-add", "MKNOD"] } }, ["--cap-add", "MKNOD"]],
])("a container with %s", (_what, more, expected) => {
  expect(runArguments({ ...least, ...more })).toEqual([...begin, ...expected, ...end]);
});

test.each(["docker", "podman"] as const)(
  "%s: all rights are tried first, then few, and each set holds the one before it",
  (engine) => {
    const [all, ...ladder] = rightsLadder(engine);
    expect(all?.args).toContain("--privileged");
    for (const [index, { args }] of ladder.entries()) {
      expect(args).not.toContain("--privileged");
      if (index > 0)
        expect(args).toEqual(expect.arrayContaining([...(ladder[index - 1]?.args ?? [])]));
    }
  },
);
