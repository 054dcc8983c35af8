import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { sharedResults } from "@pibuild/cache";
import { findWorkspace } from "@pibuild/config";
import { PibuildError, privateDirectory } from "@pibuild/core";
import { openCache } from "@pibuild/graph";
import { hostDirectories } from "@pibuild/host";
import { type Access, openResults, parseAccesses, serveTaskCache } from "@pibuild/task-cache";
import { buildCommand, numberParser } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { cacheWords } from "../../reporters/cache-words.ts";

interface ServeFlags {
  readonly host: string;
  readonly port?: number;
  readonly tokens?: string | undefined;
}

/** Addresses that nobody else reaches: there a token that was made up is enough. */
const loopback = /^(?:127\.|::1$|localhost$)/;

export const serve = buildCommand<ServeFlags, [], CliContext>({
  docs: {
    brief: "Serve as a remote cache for Nx and Turborepo, from this machine and the remote cache",
    fullDescription: [
      "Runs until it is stopped. A file says what each token may read and write:",
      '  [{ "token": "…", "read": ["pr-7", "main"], "write": "pr-7" }]',
      "Without that file, it prints a new token, for this machine only.",
    ].join("\n"),
  },
  parameters: {
    flags: {
      host: { kind: "parsed", parse: String, brief: "Where to listen", default: "127.0.0.1" },
      port: {
        kind: "parsed",
        parse: numberParser,
        brief: "The port; default: a free one",
        optional: true,
      },
      tokens: {
        kind: "parsed",
        parse: String,
        brief: "A file with tokens and their scopes",
        optional: true,
      },
    },
  },
  async func(this: CliContext, { host, port, tokens }) {
    const { env, signal } = this;
    const workspace = await findWorkspace(this.start);
    const cache = await openCache({ workspace, env, emit: cacheWords(this), signal });
    const scope = cache?.scopes.own ?? "main";
    const accesses = await readAccesses(this, { host, tokens, scope });
    const directory = join(hostDirectories(env).cache, "tasks");
    const scratch = join(directory, "on-its-way");
    for (const path of [directory, scratch]) await privateDirectory(path);
    const local = openResults(directory);
    await using server = await serveTaskCache({
      ...{ accesses, scratch, host, ...(port === undefined ? {} : { port }) },
      results: cache === undefined ? local : sharedResults({ local, cache, scratch }),
      onEvent: ({ what, client, hash, why }) =>
        this.message(`${what.padEnd(7)} ${client} ${hash}${why === undefined ? "" : `: ${why}`}`),
    });
    this.out(`NX_SELF_HOSTED_REMOTE_CACHE_SERVER=${server.url}`);
    this.out(`TURBO_API=${server.url}`);
    if (tokens === undefined) {
      this.out(`NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN=${accesses[0]?.token}`);
      this.out(`TURBO_TOKEN=${accesses[0]?.token}`);
    }
    if (!signal.aborted) await once(signal, "abort");
    await cache?.settle();
  },
});

async function readAccesses(
  context: CliContext,
  { host, tokens, scope }: Pick<ServeFlags, "host" | "tokens"> & { readonly scope: string },
): Promise<readonly Access[]> {
  if (tokens !== undefined) {
    const text = await readFile(resolve(context.cwd, tokens), "utf8").catch(() => {
      throw new PibuildError("CONFIG_MISSING", { file: tokens, what: "the file of tokens" });
    });
    return parseAccesses(text, tokens);
  }
  if (loopback.test(host))
    return [{ token: randomBytes(16).toString("hex"), read: [scope], write: scope }];
  const message = `\`${host}\` is not this machine alone: name who may read and write with --tokens`;
  throw new PibuildError("USAGE", { message });
}
