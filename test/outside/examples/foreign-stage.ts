import { openRun, type Run } from "@pibuild/pigen-runner";
import { readStage } from "@pibuild/pigen-stages";

// As root, in a mount namespace of its own: somebody's stage on a root filesystem.
const stages = [await readStage("stage-mine")];
// The tree's programs are this machine's.
const arch = process.arch === "x64" ? "amd64" : "arm64";
const spec = { name: "mine", stages, root: "tree", release: "bookworm", arch } as const;
const run: Run = await openRun(spec, { directory: "cache" });
const layers = await run.build();
for (const { step, layer } of layers) console.log(step, layer.digest);
await run.copyTree(layers, "out");
