import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PibuildError, placeFile } from "@pibuild/core";
import {
  type ImageTasks,
  isTaskScript,
  type RootKind,
  taskName,
  turboTasks,
} from "./turbo-tasks.ts";

type Json = Record<string, unknown>;

/**
 * Brings package.json and turbo.json of a workspace up to date with its images, and gives the names of
 * the files that changed. What others wrote in them stays. Throws CONFIG_INVALID where one is no JSON.
 */
export async function syncTurbo(
  workspace: string,
  images: readonly ImageTasks[],
): Promise<string[]> {
  const manifest = await read(workspace, "package.json");
  const { scripts, tasks } = turboTasks(images, await rootKind(workspace, manifest.content));
  const settings = await read(workspace, "turbo.json");
  const old = entriesOf(manifest.content, "scripts");
  const stale = old.filter(([name, command]) => isTaskScript(name, command)).map(([name]) => name);
  // The root may have been of the other kind when they were written.
  const staleTasks = stale.flatMap((name) => [taskName(name, "only"), taskName(name, "of-many")]);
  const kept = (entries: [string, unknown][], names: readonly string[]) =>
    Object.fromEntries(entries.filter(([name]) => !names.includes(name)));
  const files = [
    { ...manifest, content: { ...manifest.content, scripts: { ...kept(old, stale), ...scripts } } },
    {
      ...settings,
      content: {
        ...settings.content,
        tasks: { ...kept(entriesOf(settings.content, "tasks"), staleTasks), ...tasks },
      },
    },
  ];
  const changed = files
    .map(({ name, content, text, indent }) => ({
      ...{ name, text },
      next: `${JSON.stringify(content, undefined, indent)}\n`,
    }))
    .filter(({ text, next }) => text !== next);
  for (const { name, next } of changed) await placeFile(join(workspace, name), next);
  return changed.map(({ name }) => name);
}

async function rootKind(workspace: string, { workspaces }: Json): Promise<RootKind> {
  if (workspaces !== undefined) return "of-many";
  return access(join(workspace, "pnpm-workspace.yaml")).then(
    () => "of-many",
    () => "only",
  );
}

interface JsonFile {
  readonly name: string;
  readonly text: string | undefined;
  readonly content: Json;
  readonly indent: string;
}

async function read(workspace: string, name: string): Promise<JsonFile> {
  const text = await readFile(join(workspace, name), "utf8").catch((error) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const indent = /^\{\s*\n([ \t]+)/.exec(text ?? "")?.[1] ?? "  ";
  return { name, text, content: parse(name, text ?? "{}"), indent };
}

function parse(name: string, text: string): Json {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === "object" && content !== null && !Array.isArray(content))
      return content as Json;
  } catch {}
  const message = "it is not plain JSON, so it cannot be changed without loss";
  const hint = "take comments and trailing commas out of it";
  throw new PibuildError("CONFIG_INVALID", {
    issues: [{ message, at: { file: name, line: 1 }, hint }],
  });
}

function entriesOf(content: Json, key: string): [string, unknown][] {
  const value = content[key];
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
