import { mkdtemp, realpath, stat, watch, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree, sha256, sha256File } from "@pibuild/core";
import { openRegistry } from "@pibuild/registry";
import { needs, startFaultProxy, startRegistry } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { type Depot, directoryDepot, parseEntry, registryDepot } from "../src/index.ts";

const scripts = join(import.meta.dirname, "scripts");

/** Runs a script, and kills it as soon as `until` says so of a line of its output. */
async function killed(args: readonly string[], until: (line: string) => boolean): Promise<void> {
  let pid = 0;
  const run = createExec().run({
    program: "node",
    args: ["--conditions=@pibuild/source", ...args],
    onLine(line) {
      if (pid === 0) pid = Number(line);
      else if (until(line)) process.kill(pid, "SIGKILL");
    },
  });
  await expect(run).rejects.toMatchObject({ code: "COMMAND_FAILED" });
}

/** Brings all that a cache has, and gives how many records that is. */
async function allWhole(depot: Depot, parent: string): Promise<number> {
  const keys = await depot.keys("main");
  for (const key of keys) {
    const entry = parseEntry((await depot.read("main", key))?.text ?? "")?.entry;
    expect(entry?.key).toBe(key);
    for (const blob of entry?.blobs ?? []) {
      const file = join(parent, "brought");
      await writeFile(file, "");
      await depot.bring("main", blob, file);
    }
  }
  return keys.length;
}

async function killPushes(kind: string, place: string, open: () => Depot): Promise<void> {
  const parent = await realpath(await mkdtemp(join(tmpdir(), "pibuild killed-")));
  let sent = 0;
  for (let round = 0; round < 4; round++) {
    const args = [join(scripts, "push-many.ts"), kind, place, parent, String(sent)];
    await killed(args, (line) => {
      sent = Math.max(sent, Number(line) + 1);
      return Number(line) >= round * 3;
    });
  }
  expect(await allWhole(open(), parent)).toBeGreaterThanOrEqual(sent);
  await removeTree(parent);
}

test("whenever who sends to a directory is killed, what is there is whole", async () => {
  const place = await realpath(await mkdtemp(join(tmpdir(), "pibuild depot-")));
  await killPushes("directory", place, () => directoryDepot(place));
  await removeTree(place);
});

needs("docker-registry")(
  "whenever who sends to a registry is killed, what is there is whole",
  async () => {
    await using registry = await startRegistry();
    const place = `${registry.host}/killed`;
    await killPushes("registry", place, () => registryDepot(openRegistry(place)));
  },
);

needs("docker-registry")(
  "who was killed while bytes came goes on with those, and ends with the right ones",
  async () => {
    const parent = await realpath(await mkdtemp(join(tmpdir(), "pibuild killed-")));
    await using registry = await startRegistry();
    await using proxy = await startFaultProxy(registry.host);
    const content = Buffer.alloc(4_000_000, "what is brought ");
    const blob = { digest: sha256(content), bytes: content.length };
    const source = join(parent, "source");
    await writeFile(source, content);
    const repository = openRegistry(`${proxy.host}/pulled`).repository("main");
    await repository.push(blob, { file: source, bytes: blob.bytes });
    const file = join(parent, "file");
    await writeFile(file, "");
    // The rest of it never comes, so it is killed in the middle.
    proxy.choose = ({ method, url }) =>
      method === "GET" && url.includes("/blobs/") ? { kind: "hold", after: 1_500_000 } : undefined;
    const abort = new AbortController();
    let pid = 0;
    const pull = createExec().run({
      program: "node",
      args: [
        ...["--conditions=@pibuild/source", join(scripts, "pull-one.ts")],
        ...[`${proxy.host}/pulled`, blob.digest, String(blob.bytes), file],
      ],
      onLine(line) {
        pid = Number(line);
      },
    });
    const ended = expect(pull).rejects.toMatchObject({ code: "COMMAND_FAILED" });
    for await (const _ of watch(file, { signal: abort.signal })) {
      if ((await stat(file)).size > 1_000_000) break;
    }
    process.kill(pid, "SIGKILL");
    await ended;
    const { size } = await stat(file);
    proxy.choose = () => undefined;
    expect(await repository.pull(blob, file)).toBe(blob.bytes - size);
    expect(await sha256File(file)).toBe(blob.digest);
    await removeTree(parent);
  },
);
