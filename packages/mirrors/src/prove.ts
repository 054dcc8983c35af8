import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Exec, joinLogins, type Login } from "@pibuild/core";
import type { Prove } from "./debian-mirrors.ts";
import { download } from "./download.ts";
import { isDebians } from "./in-release.ts";

/** How long an answer holds, in milliseconds; where nobody can be asked, an older one does, too. */
const holdsFor = 7 * 24 * 60 * 60 * 1000;

export interface ProveOptions {
  readonly exec: Exec;
  /** Keeps the answers. */
  readonly file: string;
  readonly logins?: readonly Login[];
  /** A proxy for all that is asked. */
  readonly proxy?: string | undefined;
  /** Has `http_proxy` and the like. */
  readonly env?: NodeJS.ProcessEnv;
  readonly keyring?: string;
}

interface Answer {
  readonly debian: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Asks mirrors for what they have signed, each once, and remembers the answers. */
export function createProve({
  exec,
  file,
  logins = [],
  proxy = "",
  env = process.env,
  keyring,
}: ProveOptions): Prove {
  const names = ["http_proxy", "https_proxy", "no_proxy"];
  const ofHost = names.flatMap((name) => {
    const value = env[name] || env[name.toUpperCase()];
    return value ? [[name, value]] : [];
  });
  const proxyEnv: Record<string, string> =
    proxy === ""
      ? Object.fromEntries(ofHost)
      : { http_proxy: joinLogins(proxy, logins), https_proxy: joinLogins(proxy, logins) };
  return async (uri, suite) => {
    const key = `${uri} ${suite}`;
    const known = (await readAnswers(file))[key];
    if (known !== undefined && Math.abs(Date.now() - known.at) < holdsFor) return known.debian;
    try {
      const url = joinLogins(`${uri}/dists/${suite}/InRelease`, logins);
      const text = await download(url, proxyEnv);
      const debian =
        text !== undefined &&
        (await isDebians(exec, text, { suite, ...(keyring === undefined ? {} : { keyring }) }));
      await remember(file, key, { debian, at: Date.now() });
      return debian;
    } catch {
      // No network, or no gpgv: that says nothing of the mirror.
      return known?.debian;
    }
  };
}

async function readAnswers(file: string): Promise<Readonly<Record<string, Answer>>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Record<string, Answer>;
  } catch {
    // None yet, or a damaged file: each mirror is asked again.
    return {};
  }
}

/** Another user's file cannot be written to; then it is asked again. */
async function remember(file: string, key: string, answer: Answer): Promise<void> {
  const answers = { ...(await readAnswers(file)), [key]: answer };
  const temporary = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true })
    .then(() => writeFile(temporary, JSON.stringify(answers)))
    .then(() => rename(temporary, file))
    .catch(() => undefined);
}
