import { mkdir, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type Exec, findProgram, type ProgramName, placeFile, programs } from "@pibuild/core";
import type { Action } from "@pibuild/pigen-stages";

/** Versions of host programs; asking one costs a process, so answers are kept by the file's identity. */
export interface ToolVersions {
  of(name: ProgramName): Promise<string>;
}

/** Versions with a cache file. A program that is not there has the version `missing`. */
export function createToolVersions(exec: Exec, cacheFile: string): ToolVersions {
  let cache: Promise<Record<string, string>> | undefined;
  return {
    async of(name) {
      cache ??= readCache(cacheFile);
      const known = await cache;
      const key = await identity(name);
      if (key === undefined) return "missing";
      const answer = known[key] ?? (await ask(exec, name));
      if (known[key] === undefined) await writeCache(cacheFile, { ...known, [key]: answer });
      known[key] = answer;
      return answer;
    },
  };
}

/**
 * The host's programs that shape the bytes of a step with these actions and texts. `bootstraps` is
 * the one that the function `bootstrap` calls: ours, or pi-gen's own.
 */
export function shapingTools(
  actions: readonly Action[],
  texts: readonly string[],
  bootstraps: "mmdebstrap" | "debootstrap",
): ProgramName[] {
  const tools: ProgramName[] = ["mksquashfs"];
  if (actions.some(({ kind }) => kind === "patches")) tools.push("quilt");
  const names = (tool: string) => texts.some((text) => new RegExp(`\\b${tool}\\b`).test(text));
  if (names("dtc")) tools.push("dtc");
  for (const tool of ["mmdebstrap", "debootstrap"] as const) {
    if (names(tool) || (tool === bootstraps && names("bootstrap"))) tools.push(tool);
  }
  return tools;
}

async function ask(exec: Exec, program: ProgramName): Promise<string> {
  const args = programs[program].versionArgs ?? ["--version"];
  const { stdout, stderr } = await exec.run({ program, args, allowExit: [1] });
  return (stdout || stderr).split("\n")[0]?.trim() ?? "";
}

async function identity(name: ProgramName): Promise<string | undefined> {
  const path = findProgram(name);
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  return found && `${path} ${found.size} ${found.mtimeMs}`;
}

/** A cache that cannot be written to, or a directory in the file's place: then the answer is asked for again. */
async function writeCache(file: string, answers: Record<string, string>): Promise<void> {
  const write = async () => {
    await mkdir(dirname(file), { recursive: true });
    await placeFile(file, JSON.stringify(answers));
  };
  await write().catch((error: NodeJS.ErrnoException) => {
    if (!["EACCES", "EPERM", "EROFS", "EISDIR"].includes(error.code ?? "")) throw error;
  });
}

async function readCache(file: string): Promise<Record<string, string>> {
  try {
    const answers: unknown = JSON.parse(await readFile(file, "utf8"));
    if (answers === null || typeof answers !== "object" || Array.isArray(answers)) return {};
    const entries = Object.entries(answers).filter(([, answer]) => typeof answer === "string");
    return Object.fromEntries(entries) as Record<string, string>;
  } catch {
    // No cache yet, or a damaged one: every answer is asked for again.
    return {};
  }
}
