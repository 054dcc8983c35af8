/** What Turborepo needs to know of an image. */
export interface ImageTasks {
  readonly name: string;
  /** See `Target` of @pibuild/graph. */
  readonly targets: readonly { readonly name: string; readonly after: readonly string[] }[];
}

/** What stands in package.json and in turbo.json for the images. */
export interface TurboTasks {
  readonly scripts: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, unknown>>;
}

/**
 * A script and a task of the workspace's root for each target of each image, `image:target`. Turborepo
 * hashes files and variables alone, and cannot ask pibuild whether a result is fresh: so it remembers
 * nothing of them, and each task looks for itself.
 */
export function turboTasks(images: readonly ImageTasks[], root: RootKind = "only"): TurboTasks {
  const each = images.flatMap(({ name, targets }) =>
    targets.map((target) => ({ ...target, image: name, script: `${name}:${target.name}` })),
  );
  const scripts = each.map(({ script, image, name }) => [script, commandOf(image, name)]);
  const tasks = each.map(({ script, image, after }) => [
    taskName(script, root),
    {
      cache: false,
      // A step's settings come from the environment too.
      passThroughEnv: ["*"],
      dependsOn: after.map((name) => taskName(`${image}:${name}`, root)),
    },
  ]);
  return { scripts: Object.fromEntries(scripts), tasks: Object.fromEntries(tasks) };
}

/** Whether the workspace's root is its only package: Turborepo names the tasks of a root by that. */
export type RootKind = "only" | "of-many";

/** Turborepo's name for a script of the workspace's root. */
export function taskName(script: string, root: RootKind): string {
  return root === "only" ? script : `//#${script}`;
}

/** Whether a script is one of these, whatever the image is called today. */
export function isTaskScript(script: string, command: unknown): boolean {
  const [image = "", target = ""] = script.split(":");
  return command === commandOf(image, target);
}

function commandOf(image: string, target: string): string {
  return `pibuild task ${image} ${target}`;
}
