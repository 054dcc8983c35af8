import type { ProjectConfiguration, TargetConfiguration } from "nx/src/devkit-exports.js";

/** What Nx needs to know of an image. */
export interface ImageTargets {
  readonly name: string;
  readonly root: string;
  /** See `Target` of @pibuild/graph. */
  readonly targets: readonly ImageTarget[];
}

export interface ImageTarget {
  readonly name: string;
  readonly brief: string;
  readonly after: readonly string[];
  readonly kind: "host" | "stage" | "files" | "once" | "group";
}

/** How a target is run and asked for its digest; the same for every image, so that it never changes a hash. */
const command = "node_modules/.bin/pibuild";

/**
 * The Nx project of an image. A target's only input is pibuild's own digest of it, and its only
 * output is a manifest of digests: Nx orders and remembers, the store holds the bytes.
 */
export function imageProject({ name, root, targets }: ImageTargets): ProjectConfiguration {
  return {
    name,
    root,
    projectType: "application",
    targets: Object.fromEntries(targets.map((each) => [each.name, configure(name, each)])),
  };
}

function configure(image: string, { name, brief, after, kind }: ImageTarget): TargetConfiguration {
  const common = {
    ...(after.length > 0 ? { dependsOn: [...after] } : {}),
    metadata: { description: brief },
  };
  if (kind === "group") return { ...common, executor: "nx:noop" };
  const run: TargetConfiguration = {
    ...common,
    executor: "nx:run-commands",
    cache: kind === "stage" || kind === "files",
    options: { command: `${command} task ${image} ${name}`, cwd: "{workspaceRoot}" },
  };
  if (run.cache !== true) return run;
  return {
    ...run,
    inputs: [{ externalDependencies: [] }, { runtime: `${command} digest ${image} ${name}` }],
    outputs: [`{workspaceRoot}/dist/${image}/${name}/manifest.json`],
  };
}
