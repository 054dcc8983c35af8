import { type Sha256, sha256 } from "@pibuild/core";
import { isDigest } from "@pibuild/layers";
import {
  blobOf,
  describeBlob,
  type Manifest,
  manifestType,
  type Registry,
} from "@pibuild/registry";
import type { Depot } from "./depot.ts";

/** What an artifact of ours is, to the registry and to people. */
const artifactType = "application/vnd.pibuild.record.v1";
const configType = "application/vnd.pibuild.record.v1+json";
const blobType = "application/octet-stream";
const sentAnnotation = "org.opencontainers.image.created";

/** Up to so many bytes a record stands in its manifest, and costs one request. */
const inlineBytes = 128 * 1024;

/** No record is larger than this. */
const mostBytes = 16 * 1024 * 1024;

/**
 * A depot in a registry. Each scope is a repository below the address, each record an artifact: its tag
 * is the key, its config the record, its layers the blobs. So a registry has no record without them.
 */
export function registryDepot(registry: Registry): Depot {
  const { host, repository } = registry.address;
  const at = (scope: string) => registry.repository(scope);
  return {
    name: `${host}/${repository}`,
    kind: "registry",
    async read(scope, key) {
      const { manifest } = (await at(scope).manifest(key)) ?? {};
      if (manifest === undefined || manifest.artifactType !== artifactType) return undefined;
      const sentMs = Date.parse(manifest.annotations?.[sentAnnotation] ?? "");
      const text = await configText(at(scope), manifest);
      return { text, sentMs: Number.isNaN(sentMs) ? undefined : sentMs };
    },
    bring: (scope, blob, file) => at(scope).pull(blob, file),
    send: (scope, blob, file, from) => at(scope).push(blob, { file, bytes: blob.bytes }, from),
    async write({ scope, key, text, blobs, labels }) {
      const bytes = Buffer.from(text);
      const config = { digest: sha256(bytes), bytes: bytes.length };
      await at(scope).push(config, bytes);
      const inline = bytes.length <= inlineBytes ? { data: bytes.toString("base64") } : {};
      await at(scope).tag(key, {
        ...{ schemaVersion: 2, mediaType: manifestType, artifactType },
        config: { ...describeBlob(config, configType), ...inline },
        layers: blobs.map((blob) => describeBlob(blob, blobType)),
        annotations: { ...labels, [sentAnnotation]: new Date().toISOString() },
      });
    },
    keys: async (scope) => (await at(scope).tags()).filter(isDigest),
    has: async (scope, blob) => (await at(scope).has(blob)) === blob.bytes,
    async drop(scope, key) {
      const found = await at(scope).manifest(key);
      if (found !== undefined) await at(scope).remove(found.digest);
    },
    // Registries collect what no manifest names by themselves.
    sweep: async () => undefined,
  };
}

async function configText(
  repository: ReturnType<Registry["repository"]>,
  { config }: Manifest,
): Promise<string> {
  const inline = Buffer.from(config.data ?? "", "base64");
  const blob = blobOf(config);
  if (config.data !== undefined && (sha256(inline) as Sha256) === blob.digest)
    return inline.toString();
  return config.size > mostBytes ? "" : repository.read(blob);
}
