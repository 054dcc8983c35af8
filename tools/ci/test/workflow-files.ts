import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export const repository = fileURLToPath(new URL("../../..", import.meta.url));

export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly name: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly file: string;
  readonly text: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The workflows of this repository, by name of file. */
export function workflows(): Workflow[] {
  const directory = ".github/workflows";
  return readdirSync(join(repository, directory))
    .sort()
    .map((name) => read(`${directory}/${name}`));
}

/** The action for other repositories, as a workflow of one job. */
export function action(): Workflow {
  const { runs, ...rest } = read("action.yml") as Workflow & { runs: { steps: Step[] } };
  return { ...rest, permissions: {}, jobs: { action: { name: "action", steps: runs.steps } } };
}

function read(file: string): Workflow {
  const text = readFileSync(join(repository, file), "utf8");
  return { ...parse(text), file, text };
}

/** Every step of a workflow, in order. */
export function stepsOf({ jobs }: Pick<Workflow, "jobs">): Step[] {
  return Object.values(jobs).flatMap(({ steps }) => steps);
}
