import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadPin, pinFileName } from "@pibuild/config";
import { createExec, PibuildError, sha256 } from "@pibuild/core";
import { findCheckout } from "@pibuild/pigen-source";
import { type Engine, inspect } from "../engine/engine.ts";
import type { VenueRequest } from "../venue-request.ts";
import { type BaseImage, idOf, makeImage } from "./make-image.ts";
import { pigenRepository } from "./paths.ts";

/**
 * The image of pi-gen's Dockerfile, on the Debian that its build-docker.sh names, else
 * that of the image's release. Only these count: what the image copies of pi-gen is not used, because steps run from the workspace's checkout.
 */
export async function pigenImage(
  engine: Engine,
  { workspace, env, emit, signal, image }: VenueRequest,
): Promise<BaseImage> {
  const exec = createExec(signal ? { signal } : {});
  const readPin = () => loadPin(join(workspace, pinFileName));
  const { path } = await findCheckout(workspace, readPin, { exec, env });
  const file = join(path, "Dockerfile");
  const dockerfile = await readFile(file, "utf8").catch(() => {
    throw new PibuildError("ENV_UNSUPPORTED", { what: `this pi-gen has no \`${file}\`` });
  });
  const base = (await baseOf(path)) ?? `debian:${image.release}`;
  const reference = `${pigenRepository}:${sha256(`${base}\n${dockerfile}`).slice(0, 16)}`;
  const name = "pi-gen's own image";
  const known = await idOf(engine, reference);
  if (known !== undefined) return { name, reference, id: known };
  const bridged =
    engine.name === "podman" || (await inspect(engine, "network", "bridge")) !== undefined;
  const args = [
    ...["build", "--force-rm"],
    ...(bridged ? [] : ["--network", "host"]),
    ...(/^ARG\s+BASE_IMAGE\b/m.test(dockerfile) ? ["--build-arg", `BASE_IMAGE=${base}`] : []),
    ...["--tag", reference, path],
  ];
  await makeImage(engine, name, args, { emit, phase: `build ${name}` });
  return { name, reference, id: (await idOf(engine, reference)) ?? reference };
}

/** What build-docker.sh builds on, where it says so; the Dockerfile's own default is older. */
async function baseOf(checkout: string): Promise<string | undefined> {
  const script = await readFile(join(checkout, "build-docker.sh"), "utf8").catch(() => "");
  return /^[^#]*--build-arg BASE_IMAGE=([\w./:@-]+)(?=["'\s])/m.exec(script)?.[1];
}
