import type { ProjectConfiguration, TargetConfiguration } from "nx/src/devkit-exports.js";

/** What the graph needs to know of an image. */
export interface ImageTargets {
  readonly name: string;
  readonly root: string;
  /** Targets in order; each depends on the one before it. */
  readonly targets: readonly string[];
}

/** How a target is run and asked for its digest; the same for every image, so that it never changes a hash. */
const command = "node_modules/.bin/pibuild";

/**
 * The Nx project of an image. A target's only input is pibuild's own digest of it, and its only
 * output is a manifest of digests: Nx orders and remembers, the store holds the bytes.
 */
export function imageProject({ name, root, targets }: ImageTargets): ProjectConfiguration {
  const chain = targets.map((target, index): [string, TargetConfiguration] => [
    target,
    {
      executor: "nx:run-commands",
      cache: true,
      dependsOn: [targets[index - 1] ?? "binfmt"],
      inputs: [{ externalDependencies: [] }, { runtime: `${command} digest ${name} ${target}` }],
      outputs: [`{workspaceRoot}/dist/${name}/${target}/manifest.json`],
      options: { command: `${command} task ${name} ${target}`, cwd: "{workspaceRoot}" },
      metadata: { description: `Brings ${target} of ${name} up to date` },
    },
  ]);
  return {
    name,
    root,
    projectType: "application",
    targets: {
      binfmt: {
        executor: "nx:run-commands",
        cache: false,
        options: { command: `${command} task ${name} binfmt`, cwd: "{workspaceRoot}" },
        metadata: { description: "Makes sure that this host runs the image's programs" },
      },
      ...Object.fromEntries(chain),
      upstream: {
        executor: "nx:run-commands",
        cache: false,
        dependsOn: ["binfmt"],
        options: { command: `${command} task ${name} upstream`, cwd: "{workspaceRoot}" },
        metadata: { description: "Builds the image with pi-gen's own build.sh" },
      },
    },
  };
}
