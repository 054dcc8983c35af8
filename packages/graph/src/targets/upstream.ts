import { runUpstream, upstreamTarget } from "../upstream/run-upstream.ts";
import { binfmt } from "./binfmt.ts";
import type { OnceTarget } from "./target.ts";

/** The image, made by pi-gen's own build.sh. */
export function upstream(): OnceTarget {
  return {
    ...{ kind: "once", name: upstreamTarget, after: [binfmt.name], needsRoot: true },
    brief: "Builds the image with pi-gen's own build.sh",
    run: (open) => runUpstream(open, open.upstreamUntil),
  };
}
