import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, type Exec, findCommand } from "@pibuild/core";
import type { Credentials, FindCredentials } from "./credentials.ts";

/** What of Docker's config.json is about logins (docker-login(1)). */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, DockerAuth>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface DockerAuth {
  /** base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

export interface DockerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly exec?: Exec;
}

/**
 * Logins as `docker login` keeps them: in config.json, or with a helper that it names. What cannot be
 * read, and a helper that fails, is as good as no login: the registry then says what it lacks.
 */
export function dockerCredentials({ env, exec = createExec() }: DockerOptions): FindCredentials {
  const directory = env.DOCKER_CONFIG || join(env.HOME ?? "/root", ".docker");
  let read: Promise<DockerConfig> | undefined;
  return async (host) => {
    read ??= readConfig(join(directory, "config.json"));
    const config = await read;
    const helper = config.credHelpers?.[host] ?? config.credsStore;
    const asked = helper === undefined ? undefined : await askHelper(exec, { helper, host, env });
    return asked ?? keptIn(config.auths ?? {}, host);
  };
}

async function readConfig(path: string): Promise<DockerConfig> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  try {
    return (JSON.parse(text) as DockerConfig | null) ?? {};
  } catch {
    return {};
  }
}

/** Docker writes some hosts with a scheme, and with `/v1/` or `/v2/` behind. */
function keptIn(
  auths: Readonly<Record<string, DockerAuth>>,
  host: string,
): Credentials | undefined {
  const plain = (key: string) => key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  const key = Object.keys(auths).find((each) => each === host || plain(each) === host);
  const kept = key === undefined ? undefined : auths[key];
  if (kept?.identitytoken) return { identityToken: kept.identitytoken };
  const text = Buffer.from(kept?.auth ?? "", "base64").toString();
  const [user = "", ...password] = text.split(":");
  if (user !== "") return { user, password: password.join(":") };
  return kept?.username ? { user: kept.username, password: kept.password ?? "" } : undefined;
}

/** The protocol of docker-credential-helpers: the host on standard input, JSON on standard output. */
async function askHelper(
  exec: Exec,
  { helper, host, env }: { helper: string; host: string; env: NodeJS.ProcessEnv },
): Promise<Credentials | undefined> {
  const path = /^[\w.-]+$/.test(helper)
    ? findCommand(`docker-credential-${helper}`, env)
    : undefined;
  if (path === undefined) return undefined;
  try {
    const { stdout } = await exec.run({
      program: { path },
      args: ["get"],
      input: host,
      quiet: true,
      env: env.HOME === undefined ? {} : { HOME: env.HOME },
    });
    const { Username: user, Secret: secret } = JSON.parse(stdout) as Record<string, string>;
    if (!user || secret === undefined) return undefined;
    return user === "<token>" ? { identityToken: secret } : { user, password: secret };
  } catch {
    // It has none for this host, as a rule.
    return undefined;
  }
}
