import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ConfigIssue, isPibuildError, PibuildError, placeFile } from "@pibuild/core";
import { type Outage, outageSchema } from "./outage.ts";

/** Where outages lie in a workspace. */
export function outageDirectory(workspace: string): string {
  return join(workspace, "outages");
}

/** The outages of a workspace, the newest first. Throws CONFIG_INVALID with all that is wrong in any of them. */
export async function listOutages(workspace: string): Promise<Outage[]> {
  const directory = outageDirectory(workspace);
  const names = (await readdir(directory).catch(() => []))
    .filter((name) => /^\d.*\.json$/.test(name))
    .map((name) => name.slice(0, -".json".length));
  const issues: ConfigIssue[] = [];
  const found: Outage[] = [];
  for (const id of names.sort().reverse()) {
    try {
      found.push(await readOutage(workspace, id));
    } catch (error) {
      if (!isPibuildError(error, "CONFIG_INVALID")) throw error;
      issues.push(...error.data.issues);
    }
  }
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
  return found;
}

/** One outage. Throws CONFIG_MISSING and CONFIG_INVALID. */
export async function readOutage(workspace: string, id: string): Promise<Outage> {
  const file = join("outages", `${id}.json`);
  const text = await readFile(join(workspace, file), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      throw new PibuildError("CONFIG_MISSING", { file, what: `an outage \`${id}\`` });
    },
  );
  const invalid = (messages: readonly string[]) =>
    new PibuildError("CONFIG_INVALID", {
      issues: messages.map((message) => ({ message, at: { file } })),
    });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw invalid(["expected JSON"]);
  }
  const checked = outageSchema.safeParse(data);
  if (!checked.success)
    throw invalid(
      checked.error.issues.map(({ path, message }) => `\`${path.join(".")}\`: expected ${message}`),
    );
  if (checked.data.id !== id)
    throw invalid([`\`id\`: expected \`${id}\`, found \`${checked.data.id}\``]);
  return checked.data;
}

/** Writes an outage in its place; gives the path. */
export async function writeOutage(workspace: string, outage: Outage): Promise<string> {
  const directory = outageDirectory(workspace);
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${outage.id}.json`);
  await placeFile(path, `${JSON.stringify(outageSchema.parse(outage), undefined, 2)}\n`);
  return path;
}
