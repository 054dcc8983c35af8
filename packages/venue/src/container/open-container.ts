import { join } from "node:path";
import type { Image } from "@pibuild/config";
import { hostDirectories } from "@pibuild/host";
import type { Engine } from "../engine/engine.ts";
import { findEngine, type ReadyEngine } from "../engine/find-engine.ts";
import { firstThatWorks } from "../first-that-works.ts";
import type { VenueRequest } from "../venue-request.ts";
import { baseImages } from "./base-image.ts";
import {
  type EngineFindings,
  findingsFile,
  readFindings,
  writeFindings,
} from "./engine-findings.ts";
import { sweepContainers } from "./leftovers.ts";
import type { BaseImage } from "./make-image.ts";
import { findNetwork, isThere } from "./network.ts";
import { findRights } from "./probe.ts";
import { venueImage } from "./venue-image.ts";

/** A container engine with an image that has all that steps need, and the way to start it. */
export interface ContainerVenue {
  readonly kind: "container";
  readonly engine: Engine;
  /** The engine's own image of that name. */
  readonly venueImage: string;
  readonly settled: EngineFindings;
  /** Forgets `settled`, because the engine no longer grants it. */
  readonly findingsFile: string;
  readonly workspace: string;
  readonly image: Image;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** Makes a container ready to run steps in: the engine, its image, its network and rights. */
export async function openContainer(request: VenueRequest): Promise<ContainerVenue> {
  const { choice, emit } = request;
  const ready = await findEngine(choice.engine, request);
  await sweepContainers(ready.engine, emit);
  return firstThatWorks(
    baseImages(ready.engine, request).map(({ venue, open }) => ({
      venue,
      open: async () => openOn(ready, await open(), request),
    })),
    emit,
  );
}

async function openOn(
  ready: ReadyEngine,
  base: BaseImage,
  request: VenueRequest,
): Promise<ContainerVenue> {
  const { engine, info } = ready;
  const { emit, workspace, image, env, signal } = request;
  const cache = join(hostDirectories(env).cache, "containers");
  const file = await findingsFile(cache, ready, base.id);
  const remembered = await readFindings(file, engine.name);
  const known = remembered && (await isThere(engine, remembered.network)) ? remembered : undefined;
  const network = known?.network ?? (await findNetwork(engine, base.reference));
  const made = await venueImage(engine, { ...request, base, network, arch: info.arch, cache });
  const redirects = info.arch !== image.arch;
  const rights = known?.rights ?? (await findRights(engine, { image: made, network, redirects }));
  if (known === undefined) await writeFindings(file, { network, rights });
  emit({
    type: "venue-chosen",
    venue: "container",
    detail: [
      `${engine.name} ${info.version}, ${base.name}, ${rights.name}`,
      network.kind === "host" ? "the host's network" : `network ${network.name}`,
    ].join(", "),
  });
  return {
    kind: "container",
    engine,
    venueImage: made,
    settled: { network, rights },
    findingsFile: file,
    workspace,
    image,
    env,
    signal,
  };
}
