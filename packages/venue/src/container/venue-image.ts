import {
  canonicalJson,
  createExec,
  type Emit,
  PibuildError,
  type Purpose,
  programs,
  programsFor,
  sha256,
} from "@pibuild/core";
import { type Engine, inspect } from "../engine/engine.ts";
import type { BaseImage } from "./make-image.ts";
import type { Network } from "./network.ts";
import { nodeArchive } from "./node-archive.ts";
import { proxyVariables } from "./passed-variables.ts";
import { archivePath, nodeDirectory, venueRepository } from "./paths.ts";
import { runContainer } from "./run-container.ts";

/** Counts up when an image of the same inputs would come out differently. */
const format = 1;

/** What programs in a container are for. Those that build pibuild itself are not among them. */
const purposes: readonly Purpose[] = ["steps", "disk", "emulation", "upstream"];

const install = `set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends "$@"
apt-get clean
rm -rf /var/lib/apt/lists/*
mkdir --parents ${nodeDirectory}
tar --extract --gzip --file ${archivePath} --directory ${nodeDirectory} --strip-components=1 package/bin/node
${nodeDirectory}/bin/node --version
`;

export interface VenueImageRequest {
  readonly base: BaseImage;
  readonly network: Network;
  /** The engine's architecture, in Node's words. */
  readonly arch: string;
  /** Where this machine keeps what is brought for containers. */
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly emit: Emit;
  readonly signal?: AbortSignal | undefined;
}

/** Debian packages of the programs that steps need on an architecture. */
export function venuePackages(arch: string): string[] {
  const names = purposes.flatMap((purpose) => programsFor(purpose, arch));
  const packages = names.map((name) => programs[name].debianPackage);
  return [...new Set([...packages, "ca-certificates"])].sort();
}

/**
 * The image that steps run in: a base with their programs and Node.js. Made on first use, and again
 * when the base or the list changes. Throws CONTAINER_IMAGE_FAILED.
 */
export async function venueImage(engine: Engine, request: VenueImageRequest): Promise<string> {
  const { base, network, arch, cache, env, emit, signal } = request;
  const packages = venuePackages(arch);
  const { node } = process.versions;
  const key = sha256(canonicalJson({ format, base: base.id, packages, node, install }));
  const tag = `${venueRepository}:${key.slice(0, 16)}`;
  if ((await inspect(engine, "image", tag)) !== undefined) return tag;

  const phase = `make the container's image from ${base.name}`;
  const started = performance.now();
  emit({ type: "phase-started", phase });
  const exec = createExec(signal ? { signal } : {});
  const source = await nodeArchive(exec, { arch, directory: cache, env });
  const tail: string[] = [];
  await using container = await runContainer(
    engine,
    {
      image: base.reference,
      network,
      entrypoint: "bash",
      args: ["-c", install, "bash", ...packages],
      mounts: [{ type: "bind", source, target: archivePath, readonly: true }],
      variables: proxyVariables(env),
    },
    {
      signal,
      grace: 0,
      onLine(line) {
        tail.push(line);
        emit({ type: "command-output", line });
      },
    },
  );
  const { exitCode, name } = container;
  if (exitCode !== 0) {
    const failure = { command: "apt-get install", exitCode, tail: tail.slice(-20) };
    throw new PibuildError("CONTAINER_IMAGE_FAILED", { image: base.name, failure });
  }
  await engine.call(["commit", name, tag]);
  emit({ type: "phase-finished", phase, durationMs: performance.now() - started });
  return tag;
}
