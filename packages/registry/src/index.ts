export { type Address, parseAddress } from "./address.ts";
export { anonymous, type Credentials, type FindCredentials } from "./auth/credentials.ts";
export { type DockerOptions, dockerCredentials } from "./auth/docker-config.ts";
export {
  openRegistry,
  type Registry,
  type RegistryOptions,
  type Repository,
} from "./open-registry.ts";
export type { Blob } from "./repository/blob.ts";
export {
  blobOf,
  type Descriptor,
  describeBlob,
  type FoundManifest,
  type Manifest,
  manifestType,
} from "./repository/manifest.ts";
