import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, isPibuildError, removeTree } from "@pibuild/core";

/** Debian's docker-registry, started for a test. */
export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** The file in which it keeps a blob. */
  blobFile(digest: string): string;
  /** The path of each file that it keeps. */
  files(): Promise<string[]>;
  /** Takes a blob away behind its back. */
  dropBlob(digest: string): Promise<void>;
}

export interface TestRegistryOptions {
  /** Lines of an htpasswd file with bcrypt; without, anybody may do anything. */
  readonly htpasswd?: string;
}

/** Starts a registry on a port of its own; dispose it with `await using`. */
export async function startRegistry({ htpasswd }: TestRegistryOptions = {}): Promise<TestRegistry> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild registry-"));
  const storage = join(directory, "storage");
  const [config, logins] = [join(directory, "config.yml"), join(directory, "htpasswd")];
  await writeFile(logins, htpasswd ?? "");
  const auth =
    htpasswd === undefined ? {} : { auth: { htpasswd: { realm: "test", path: logins } } };
  // YAML reads JSON.
  const settings = {
    version: 0.1,
    log: { level: "info", formatter: "text" },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: "127.0.0.1:0" },
    ...auth,
  };
  await writeFile(config, JSON.stringify(settings));
  const abort = new AbortController();
  const { promise: host, resolve, reject } = Promise.withResolvers<string>();
  const ended = createExec({ signal: abort.signal })
    .run({
      program: "docker-registry",
      args: ["serve", config],
      env: { OTEL_TRACES_EXPORTER: "none" },
      onLine(line) {
        const found = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      },
    })
    .then(
      () => reject(new Error("docker-registry ended")),
      (error: unknown) => {
        reject(error);
        if (!isPibuildError(error, "INTERRUPTED")) throw error;
      },
    );
  const blobFile = (digest: string) =>
    join(storage, "docker/registry/v2/blobs/sha256", digest.slice(0, 2), digest, "data");
  return {
    host: await host,
    blobFile,
    async files() {
      const entries = await readdir(storage, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    },
    dropBlob: (digest) => rm(blobFile(digest)),
    async [Symbol.asyncDispose]() {
      abort.abort("SIGTERM");
      await ended;
      await removeTree(directory);
    },
  };
}

/** Whether a text stands in any file of a registry, or in a file's name. */
export async function registryHolds(registry: TestRegistry, text: string): Promise<boolean> {
  for (const file of await registry.files()) {
    if (file.includes(text) || (await readFile(file)).includes(text)) return true;
  }
  return false;
}
