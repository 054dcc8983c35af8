import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeTree, type Sha256, sha256 } from "@pibuild/core";
import { openRegistry } from "@pibuild/registry";
import { type ChooseFault, type Fault, startFaultProxy, startRegistry } from "@pibuild/test-kit";
import {
  type Entry,
  entryText,
  generateKey,
  parseEntry,
  parsePrivateKey,
  parsePublicKey,
  registryDepot,
  scopesOf,
  signEntry,
} from "../../src/index.ts";
import { type Builder, type BuildResult, buildOnce, writeStage } from "./fault-rig.ts";

/*
 * Builds small stages against a registry in which everything goes wrong, one thing a build, and prints a
 * JSON line for each. As root in a mount namespace of its own.
 */

const parent = await mkdtemp("/var/tmp/pibuild-faults-");
await using _parent = { [Symbol.asyncDispose]: () => removeTree(parent) };
await using registry = await startRegistry();
await using proxy = await startFaultProxy(registry.host);

const keyPair = () => {
  const { pem, publicText } = generateKey();
  return { signer: parsePrivateKey(pem, "a test"), trusted: parsePublicKey(publicText, "a test") };
};
const own = keyPair();
const stranger = keyPair();
const trusted = [own.trusted];

const stage = await writeStage(join(parent, "one"), "last");
/** Its last step is another one, so it runs, over layers that the cache has. */
const edited = await writeStage(join(parent, "two"), "edited");
const wanted = await buildOnce({ parent, stage: edited });
const first = await buildOnce({ parent, stage });

const tell = (name: string, expected: string, { layers, ran, events }: BuildResult) => {
  const right = JSON.stringify(layers) === JSON.stringify(wanted.layers);
  process.stdout.write(`${JSON.stringify({ name, expected, right, ran, events })}\n`);
};

let repositories = 0;
/** A repository with what a builder has put there; what it puts there by itself is built once, and copied. */
async function filled(by?: Partial<Builder>): Promise<{ real: string; address: string }> {
  const path = `cache/r${repositories++}`;
  const real = `${registry.host}/${path}`;
  const writer = { address: real, scopes: scopesOf("main", "main"), write: true, trusted };
  if (by === undefined && repositories > 1) await copyRecords(shared.real, real);
  else await buildOnce({ parent, stage, builder: { ...writer, signer: own.signer, ...by } });
  return { real, address: `${proxy.host}/${path}` };
}

async function copyRecords(from: string, to: string): Promise<void> {
  const [source, target] = [from, to].map((real) => registryDepot(openRegistry(real)));
  for (const key of (await source?.keys("main")) ?? []) {
    const text = (await source?.read("main", key))?.text ?? "";
    const blobs = parseEntry(text)?.entry.blobs ?? [];
    for (const blob of blobs) await target?.send("main", blob, registry.blobFile(blob.digest));
    await target?.write({ scope: "main", key, text, blobs, labels: {} });
  }
}
const shared = await filled();
const reader = { scopes: scopesOf("main", "main"), trusted };
const read = (address: string, more: Partial<Builder> = {}) =>
  buildOnce({ parent, stage: edited, builder: { address, ...reader, ...more } });

tell("nothing wrong", "used", await read(shared.address));

/** Each record of the first build, as the cache has it. */
async function records(real: string): Promise<Entry[]> {
  const depot = registryDepot(openRegistry(real));
  const keys = await depot.keys("main");
  const texts = await Promise.all(keys.map((key) => depot.read("main", key)));
  return texts.flatMap((kept) => parseEntry(kept?.text ?? "")?.entry ?? []);
}

/** Puts other bytes in the place of each layer, and says so with whatever signature. */
async function poisoned(resign: (entry: Entry) => string, scope = "main"): Promise<string> {
  const { real, address } = await filled();
  const depot = registryDepot(openRegistry(real));
  const file = join(parent, "poison");
  await writeFile(file, "this is no layer");
  const blob = { name: "layer", digest: sha256("this is no layer"), bytes: 16 };
  await depot.send(scope, blob, file);
  for (const entry of await records(real)) {
    const about = { ...(entry.about as object), layer: { digest: blob.digest, bytes: 16 } };
    const text = resign({ ...entry, scope, blobs: [blob], about });
    await depot.write({ scope: "main", key: entry.key, text, blobs: [], labels: {} });
  }
  return address;
}

const by = (who: typeof own | undefined) => (entry: Entry) =>
  entryText(signEntry(entry, who?.signer));
tell("records of a stranger", "refused", await read(await poisoned(by(stranger))));
tell("records of nobody", "refused", await read(await poisoned(by(undefined))));
tell(
  "records under another's name",
  "refused",
  await read(
    await poisoned((entry) => {
      const { signatures } = signEntry(entry, stranger.signer);
      const named = signatures.map((each) => ({ ...each, key: own.trusted.name }));
      return entryText({ entry, signatures: named });
    }),
  ),
);
tell(
  "records with an old signature",
  "refused",
  await read(
    await poisoned((entry) => {
      const good = signEntry({ ...entry, about: {} }, own.signer);
      return entryText({ entry, signatures: good.signatures });
    }),
  ),
);
tell(
  "damaged records",
  "refused",
  await read(await poisoned((entry) => by(own)(entry).slice(0, -30))),
);

// What a pull request wrote, with a good key, offered where a release looks.
{
  const { real, address } = await filled({ scopes: scopesOf("pr-1", "main") });
  const depot = registryDepot(openRegistry(real));
  for (const key of await depot.keys("pr-1")) {
    const text = (await depot.read("pr-1", key))?.text ?? "";
    const blobs = parseEntry(text)?.entry.blobs ?? [];
    for (const blob of blobs) {
      const file = join(parent, "moved");
      await writeFile(file, await readFile(registry.blobFile(blob.digest)));
      await depot.send("main", blob, file);
    }
    await depot.write({ scope: "main", key, text, blobs, labels: {} });
  }
  tell("a pull request's records, copied", "refused", await read(address));
  const pr = scopesOf("pr-1", "main");
  tell("a pull request's records, to itself", "used", await read(address, { scopes: pr }));
}
{
  const { address } = await filled({ scopes: scopesOf("pr-1", "main") });
  tell("a pull request's records, where they are", "local", await read(address));
  const other = scopesOf("pr-2", "main");
  tell("a pull request's records, to another", "local", await read(address, { scopes: other }));
}
{
  const { address } = await filled({ signer: own.signer });
  const limited = [{ ...own.trusted, scopes: ["pr-1"] }];
  tell("a key of pull requests in main", "refused", await read(address, { trusted: limited }));
  const rolled = [stranger.trusted, own.trusted];
  tell("one of two keys", "used", await read(address, { trusted: rolled }));
}
{
  const { real, address } = await filled();
  const depot = registryDepot(openRegistry(real));
  const keys = await depot.keys("main");
  const texts = await Promise.all(keys.map((key) => depot.read("main", key)));
  for (const [index, key] of keys.entries()) {
    const text = texts[(index + 1) % keys.length]?.text ?? "";
    await depot.write({ scope: "main", key, text, blobs: [], labels: {} });
  }
  tell("tags moved to other records", "refused", await read(address));
}
{
  const { address } = await filled();
  await registry.dropBlob(first.layers[1] as Sha256);
  tell("a record without its blob", "local", await read(address));
}
{
  // No repository has it any more: a build sends it again.
  const { address } = await filled({});
  const file = registry.blobFile(first.layers[1] as Sha256);
  const bytes = await readFile(file);
  await writeFile(file, Buffer.concat([bytes.subarray(1), Buffer.from("x")]));
  tell("a blob that rotted in the registry", "local", await read(address));
  // All repositories have the same bytes.
  await writeFile(file, bytes);
}

const page = { "content-type": "text/html" };
const faults: Record<string, Fault> = {
  refused: { kind: "refuse" },
  401: { kind: "answer", status: 401 },
  403: { kind: "answer", status: 403 },
  404: { kind: "answer", status: 404 },
  "429, again at once": { kind: "answer", status: 429, headers: { "retry-after": "0" } },
  "429, again in an hour": { kind: "answer", status: 429, headers: { "retry-after": "3600" } },
  500: { kind: "answer", status: 500, body: "<h1>oh</h1>" },
  503: { kind: "answer", status: 503, headers: { "retry-after": "0" } },
  "a web page": { kind: "answer", status: 200, headers: page, body: "<html>hello</html>" },
  "an endless way": { kind: "answer", status: 307, headers: { location: "/v2/elsewhere" } },
  silence: { kind: "stall" },
  "next to nothing": { kind: "trickle" },
  "a cut": { kind: "cut", after: 10 },
  "one wrong byte": { kind: "flip", at: 9 },
};
const all = process.env.PIBUILD_CACHE_FAULTS === "all";
/** What each place meets. */
const everywhere = all ? ["refused", "403", "429, again in an hour", "500", "silence"] : ["500"];
/** What shows itself only where something is read. */
const reading = all ? Object.keys(faults) : ["500", "a cut", "one wrong byte"];
const places: Record<string, RegExp> = {
  "the registry": /^GET \/v2\/$/,
  "a record": /^GET .*\/manifests\//,
  "a layer": /^GET .*\/blobs\//,
  "the begin of an upload": /^POST .*\/uploads/,
  "an upload": /^PUT .*\/uploads/,
  "a record that is sent": /^PUT .*\/manifests\//,
};
const at = (place: RegExp, fault: Fault, times = Number.POSITIVE_INFINITY): ChooseFault => {
  let left = times;
  return ({ method, url }) => {
    if (!place.test(`${method} ${url}`) || left === 0) return undefined;
    left -= 1;
    return fault;
  };
};

for (const [place, pattern] of Object.entries(places)) {
  for (const [name, fault] of Object.entries(faults)) {
    const isWrite = /^\^P/.test(pattern.source);
    const met = ["a record", "a layer"].includes(place) ? reading : everywhere;
    if (!met.includes(name)) continue;
    const { address } = isWrite ? { address: `${proxy.host}/cache/w${repositories++}` } : shared;
    proxy.choose = at(pattern, fault);
    const more = isWrite ? { write: true, signer: own.signer } : {};
    tell(`${name} at ${place}`, isWrite ? "not sent" : "local", await read(address, more));
  }
  proxy.choose = at(pattern, { kind: "answer", status: 503 }, 1);
  const once = pattern.source.startsWith("^P") ? { write: true, signer: own.signer } : {};
  const target = pattern.source.startsWith("^P")
    ? `${proxy.host}/cache/w${repositories++}`
    : shared.address;
  tell(`503 once at ${place}`, "used", await read(target, once));
}
