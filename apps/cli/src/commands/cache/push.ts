import { layerParcel } from "@pibuild/cache";
import { listImages } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { fileTargets, imageReader, openImage, readManifest, sendResult } from "@pibuild/graph";
import { hostDirectories } from "@pibuild/host";
import { listRecords, mayLeave, openScratch, openStore } from "@pibuild/layers";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { jsonFlag } from "../common-parameters.ts";
import { openAsked } from "./open-asked.ts";
import { createTransfers } from "./transfers.ts";

/** Who asks for it by name need not allow it besides. */
const writing = { PIBUILD_CACHE_WRITE: "1" };

export const push = buildCommand<{ readonly json: boolean }, [image?: string], CliContext>({
  docs: {
    brief: "Send layers, and the results in dist/, that the cache lacks",
    fullDescription:
      "Layers that hold a secret or depend on this machine are not sent. With an image, only that image's results are sent, and all layers.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "Only this image's results", parse: String, placeholder: "image", optional: true },
      ],
    },
    flags: { json: jsonFlag },
  },
  async func(this: CliContext, { json }, image) {
    const context: CliContext = { ...this, env: { ...this.env, ...writing } };
    const transfers = createTransfers(this);
    const { workspace, cache } = await openAsked(context, transfers.emit);
    const images = await listImages(workspace);
    if (image !== undefined && !images.includes(image))
      throw new PibuildError("IMAGE_UNKNOWN", { image, known: images });
    const { store: directory } = hostDirectories(this.env);
    await using _held = await openScratch(directory).hold();
    const local = openStore(directory);
    const counts = { there: 0, "stay here": 0 };
    const pushes: Promise<unknown>[] = [];
    for await (const record of listRecords(directory)) {
      if (!mayLeave(record)) {
        counts["stay here"] += 1;
        continue;
      }
      if ((await local.find(record.fingerprint)).status !== "hit") continue;
      const sent = cache.push(await layerParcel(local, record));
      pushes.push(sent.then((how) => how === "there" && counts.there++));
    }
    await Promise.all(pushes);
    for (const name of image === undefined ? images : [image])
      await pushResults(context, { workspace, name, transfers });
    transfers.tell(json, counts);
    if (transfers.failed()) process.exitCode = 5;
  },
});

async function pushResults(
  { env, signal }: CliContext,
  what: {
    readonly workspace: string;
    readonly name: string;
    readonly transfers: ReturnType<typeof createTransfers>;
  },
): Promise<void> {
  const { workspace, name, transfers } = what;
  const read = imageReader({ workspace, name, env, signal });
  const { emit } = transfers;
  const open = await openImage({ workspace, name, env, emit, signal, image: await read() });
  for (const target of fileTargets(open.image)) {
    const manifest = await readManifest(open.output, target.name);
    if (manifest !== undefined) await sendResult(open, manifest);
  }
}
