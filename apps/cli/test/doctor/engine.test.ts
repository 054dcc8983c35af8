import { askEngine } from "@pibuild/host";
import { expect, test } from "vitest";
import { dockerAnswers } from "../../src/doctor/checks/docker-answers.ts";
import { examine } from "./host-table.ts";
import { startDocker } from "./start-docker.ts";

const real = await startDocker();
const onDocker = "why" in real ? test.skip : test;
onDocker(`a real daemon says what it has${"why" in real ? ` (${real.why})` : ""}`, async () => {
  if ("why" in real) return;
  await using _stopped = real;
  const docker = await askEngine("docker", { DOCKER_HOST: real.address });
  expect(docker).toMatchObject({ state: "answers", rootless: false });
  expect(await examine(dockerAnswers, { docker })).toMatchObject({
    status: "ok",
    detail: expect.stringMatching(/^\d+\.\d+\.\d+\S*, as root$/),
  });
});
