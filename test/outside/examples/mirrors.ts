import { type AptSource, hostMirrors } from "@pibuild/mirrors";

// The mirrors that a directory of apt's sources names.
const sources: readonly AptSource[] = await hostMirrors({ aptDirectory: "apt" });
for (const { uri, suite, components } of sources) console.log(uri, suite, components.join("+"));
