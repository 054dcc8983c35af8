import { createExec } from "@pibuild/core";
import {
  type AptSource,
  type Archive,
  aptProxyLines,
  hostMirrors,
  type PackageProxy,
  startProxy,
} from "@pibuild/mirrors";

// The mirrors that a directory of apt's sources names.
const sources: readonly AptSource[] = await hostMirrors({ aptDirectory: "apt" });
for (const { uri, suite, components } of sources) console.log(uri, suite, components.join("+"));

// A proxy for apt, which takes the archive's packages from one mirror or the other.
const addresses = [...new Set(sources.map(({ uri }) => uri))];
const candidates = [...addresses, "http://other.example.org/debian"];
const archives: readonly Archive[] = [{ name: "debian", addresses, candidates }];
const proxy: PackageProxy = await startProxy({
  exec: createExec(),
  archives,
  directory: "packages",
  architectures: ["arm64"],
});
console.log(aptProxyLines(proxy.url, archives).at(-1));
await proxy[Symbol.asyncDispose]();
