import { expect, test } from "vitest";
import { hostNetwork } from "../src/container/network.ts";
import { runContainer } from "../src/container/run-container.ts";
import type { Engine } from "../src/engine/engine.ts";

/** An engine whose container ends so, and is then what `inspect` prints. */
function engineWhere(exitCode: number, state: object | undefined): Engine {
  return {
    name: "docker",
    async call([command]) {
      const found = { exitCode: state === undefined ? 1 : 0, stdout: JSON.stringify([state]) };
      const answer = command === "container" ? found : { exitCode, stdout: "" };
      return { stderr: "", durationMs: 0, ...answer };
    },
  };
}

const request = { image: "i", entrypoint: "true", args: [], network: hostNetwork };

test.each<[string, number, object | undefined, string]>([
  ["its program's own exit code", 3, { State: { OOMKilled: false } }, "ended"],
  ["too little memory", 137, { State: { OOMKilled: true } }, "memory"],
  ["somebody's `docker kill`", 137, { State: { OOMKilled: false } }, "killed"],
  ["somebody's `docker rm --force`", 0, undefined, "killed"],
  ["an engine that could not start it", 125, undefined, "unstarted"],
])("a container that ended by %s", async (_what, exitCode, state, fate) => {
  await using container = await runContainer(engineWhere(exitCode, state), request);
  expect(container).toMatchObject({ exitCode, fate });
});
