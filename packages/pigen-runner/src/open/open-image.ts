import { join } from "node:path";
import { type Image, loadImage, loadPin, pinFileName } from "@pibuild/config";
import { createExec, createRedactor, type Emit, type Exec, silent } from "@pibuild/core";
import { openStore, type Store } from "@pibuild/layers";
import { debianMirrors, hostMirrors } from "@pibuild/mirrors";
import { layouts, partuuids } from "@pibuild/partitioner";
import { checkArchitecture } from "../checkout/check-architecture.ts";
import { findCheckout } from "../checkout/find-checkout.ts";
import { createDescribeStep, type DescribeStep } from "../plan/describe-step.ts";
import { stepVariables } from "../plan/variables.ts";
import { hostDirectories } from "../run/host-directories.ts";
import type { RunContext } from "../run/run-context.ts";
import { askedMemory } from "../run/step-room.ts";
import { readScripts } from "../scripts.ts";
import { readFileIndex } from "../stage/file-index.ts";
import { readStage } from "../stage/read-stage.ts";
import type { Stage } from "../stage/stage.ts";
import { listSteps, type Step } from "../step/step.ts";
import { createToolVersions, type ToolVersions } from "../step/tool-versions.ts";
import { twinChoice } from "../twin/twin-variable.ts";
import { untilVariable } from "../upstream/until-variable.ts";
import { readSecretKey } from "./secret-key.ts";

/** An image with all that is needed to plan and build it. */
export interface OpenImage {
  readonly image: Image;
  readonly stages: readonly Stage[];
  readonly steps: readonly Step[];
  readonly describe: DescribeStep;
  readonly versions: ToolVersions;
  readonly context: RunContext;
  /** `dist/<image>`. */
  readonly output: string;
}

export interface OpenOptions {
  readonly workspace: string;
  readonly name: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

/** Reads an image and its stages, and asks the host what the plan depends on. Changes nothing of the build. */
export async function openImage(options: OpenOptions): Promise<OpenImage> {
  const { workspace, name, env = process.env, emit = silent, signal } = options;
  const directories = hostDirectories(env);
  const checkout = async () => {
    const git = createExec(signal ? { signal } : {});
    const readPin = () => loadPin(join(workspace, pinFileName));
    return (await findCheckout(workspace, readPin, { exec: git, env })).path;
  };
  const image = await loadImage(workspace, name, { env, checkout });
  await checkArchitecture(image);
  const exec = createExec({
    emit,
    redact: createRedactor(image.secrets),
    ...(signal ? { signal } : {}),
  });
  const stages: Stage[] = [];
  for (const { path } of [...image.stages, image.exportStage]) {
    stages.push(await readStage(path, await readFileIndex(exec, path)));
  }
  const variables = stepVariables(image, {
    gitHash: await gitHash(exec, workspace),
    mirrors: debianMirrors(image.release, await hostMirrors()),
    partuuids: partuuids(layouts[image.disk.layout], image.disk.seed),
  });
  const versions = createToolVersions(exec, directories.toolVersions);
  const store: Store = openStore(directories.store);
  return {
    image,
    stages,
    steps: listSteps(stages),
    versions,
    describe: createDescribeStep({
      image,
      variables,
      versions,
      scripts: readScripts(image.piGen),
      secretKey: await readSecretKey(directories.secretKey),
    }),
    context: {
      workspace,
      image,
      variables,
      directories,
      store,
      exec,
      emit,
      twin: twinChoice(env),
      stepMemory: askedMemory(env),
      upstreamUntil: env[untilVariable] || undefined,
      logs: join(workspace, ".pibuild", "logs", image.name),
    },
    output: join(workspace, "dist", image.name),
  };
}

/** The workspace's commit; empty outside of git. */
async function gitHash(exec: Exec, workspace: string): Promise<string> {
  const { stdout } = await exec.run({
    program: "git",
    args: ["-c", `safe.directory=${workspace}`, "-C", workspace, "rev-parse", "--verify", "HEAD"],
    allowExit: [128],
  });
  return /^[0-9a-f]{40,64}$/.test(stdout) ? stdout : "";
}
