import { chmod, copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import {
  type Archive,
  aptProxyLines,
  httpsMethod,
  httpsMethodLine,
  type LaterSource,
  laterPreferences,
  laterSources,
} from "@pibuild/mirrors";
import { fetchDirectory } from "./paths.ts";
import type { RunSpec } from "./run-spec.ts";

/** What a build alone tells apt, this machine's and the image's: the way to its proxy, and what its lock says. */
export interface BuildApt {
  /** Lines of apt.conf(5). */
  readonly lines: readonly string[];
  /** The program that asks the proxy for sources with https. */
  readonly httpsMethod?: string;
  /** Packages that a lock has from later releases than the others. */
  readonly later?: Later | undefined;
}

interface Later {
  readonly sources: readonly LaterSource[];
  readonly preferences: string;
}

/** Throws USAGE where nobody says who signs an archive that a lock has twice. */
export function buildApt(url: string, packages: NonNullable<RunSpec["packages"]>): BuildApt {
  const { archives, lock, aptOptions } = packages;
  const preferences = lock && laterPreferences(lock);
  return {
    lines: [...aptProxyLines(url, archives), ...aptOptions],
    httpsMethod: httpsMethod(archives),
    later:
      lock === undefined || preferences === undefined
        ? undefined
        : { sources: laterSources(lock, archives), preferences },
  };
}

const methodName = "https";

/** How an apt that is no image's own reads what a build tells it. */
export interface AptReading {
  /** Where it finds `fetchDirectory`. Default: where that is. */
  readonly seenAt?: string;
  /** Text of apt.conf(5) that it reads besides, after the build's. */
  readonly more?: string | undefined;
}

/** The lines for such an apt. */
export function hostLines(
  { lines, httpsMethod }: BuildApt,
  { seenAt = fetchDirectory, more }: AptReading = {},
): string[] {
  const method = httpsMethod === undefined ? [] : [httpsMethodLine(join(seenAt, methodName))];
  return [...lines, ...method, ...(more === undefined ? [] : [more])];
}

/** Writes what mmdebstrap and debootstrap are told: see scripts/common.sh and run-step.sh. */
export async function writeForBootstrap(
  url: string,
  archives: readonly Archive[],
  apt: BuildApt,
  reading?: AptReading,
): Promise<void> {
  const write = (name: string, lines: readonly string[]) =>
    writeFile(join(fetchDirectory, name), textOf(lines));
  await write("apt.conf", hostLines(apt, reading));
  await writeFile(join(fetchDirectory, methodName), apt.httpsMethod ?? "", { mode: 0o755 });
  await write("proxy", [url]);
  await write(
    "proxied",
    archives.flatMap(({ addresses }) => addresses),
  );
  if (apt.later === undefined) return;
  const { sources, preferences } = apt.later;
  await write(
    "later.list",
    sources.map((each) => each.line(each.keyring)),
  );
  await writeFile(join(fetchDirectory, "later.preferences"), preferences);
}

/** After all that the image says. */
const aptFile = "etc/apt/apt.conf.d/99pibuild-build";
const methodFile = "usr/lib/apt/methods/pibuild-https";
const sourcesFile = "etc/apt/sources.list.d/pibuild-later.list";
const preferencesFile = "etc/apt/preferences.d/pibuild-later";
const keyrings = "usr/share/keyrings";
const keyringPrefix = "pibuild-later-";

/** Writes what an image's apt is told into a directory that lies below its tree. Gives the paths. */
export async function writeForImage(root: string, apt: BuildApt): Promise<string[]> {
  const write = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode);
  };
  const { lines, httpsMethod, later } = apt;
  const method = httpsMethod === undefined ? [] : [httpsMethodLine(`/${methodFile}`)];
  if (lines.length > 0) await write(aptFile, textOf([...lines, ...method]));
  if (httpsMethod !== undefined) await write(methodFile, httpsMethod, 0o755);
  if (later !== undefined) {
    const nameOf = ({ archive, keyring }: LaterSource) =>
      join(keyrings, `${keyringPrefix}${archive}${extname(keyring)}`);
    await mkdir(join(root, keyrings), { recursive: true });
    for (const each of later.sources) await copyFile(each.keyring, join(root, nameOf(each)));
    await write(sourcesFile, textOf(later.sources.map((each) => each.line(`/${nameOf(each)}`))));
    await write(preferencesFile, later.preferences);
  }
  return await pathsForImage(root);
}

/** Those of these files that are in a directory. */
export async function pathsForImage(root: string): Promise<string[]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = found.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  const keyring = join(keyrings, keyringPrefix);
  const known = [aptFile, methodFile, sourcesFile, preferencesFile];
  return files.filter((path) => known.includes(path) || path.startsWith(keyring));
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
