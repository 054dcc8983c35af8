import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTwin, type NativePrograms, redirected, twinPackages } from "@pibuild/binfmt";
import {
  acquireLock,
  canonicalJson,
  createRunDirectory,
  findProgram,
  type Sha256,
  sha256,
  sha256File,
} from "@pibuild/core";
import { checkBlob, type LayerBlob, putBlob } from "@pibuild/layers";
import { lendPackages, returnPackages } from "@pibuild/mirrors";
import type { TwinContext } from "./twin-context.ts";

/** Counts up when a twin of the same inputs would come out differently. */
const format = 2;

/** After this long a bootstrap may well find newer packages than the twin has; in milliseconds. */
const upToDateFor = 24 * 60 * 60 * 1000;

/**
 * The twin of the image's release, by path: from the store, or made and put there. One that is
 * not up to date is right all the same: programs of another version are emulated.
 */
export async function findTwin(
  context: TwinContext,
  native: NativePrograms,
  { upToDate }: { readonly upToDate: boolean },
): Promise<string> {
  const { store, directories, emit } = context;
  const fingerprint = await twinFingerprint(context, native);
  const record = join(store.path, "twins", `${fingerprint}.json`);
  const look = () => goodBlob(store.path, record, upToDate ? upToDateFor : undefined);
  const known = await look();
  if (known !== undefined) return store.blobPath(known);
  await using _lock = await acquireLock(join(directories.store, "locks", fingerprint), {
    onWait: () => emit({ type: "waiting", what: "another build to make the twin" }),
  });
  const made = (await look()) ?? (await makeAndKeep(context, native, record));
  return store.blobPath(made);
}

async function makeAndKeep(
  context: TwinContext,
  native: NativePrograms,
  record: string,
): Promise<LayerBlob> {
  const { exec, directories, spec, store, emit } = context;
  const phase = `make the twin of ${spec.release}`;
  const started = performance.now();
  emit({ type: "phase-started", phase });
  await using runDirectory = await createRunDirectory(directories.runs);
  const output = join(runDirectory.path, "twin.squashfs");
  const archives = {
    amd64: join(runDirectory.path, "archives-amd64"),
    arm64: join(runDirectory.path, "archives-arm64"),
  };
  const cacheOf = (arch: string) => join(directories.packages, `${spec.release}-${arch}`);
  for (const [arch, path] of Object.entries(archives)) await lendPackages(cacheOf(arch), path);
  const scratch = join(runDirectory.path, "scratch");
  await mkdir(scratch);
  const recipe = {
    ...{ release: spec.release, sources: sourcesOf(context), older: mayBeOlder(context) },
    ...{ qemu: qemuOf(), native },
  };
  const whole = await makeTwin(exec, recipe, { scratch, archives, output });
  for (const [arch, path] of Object.entries(archives)) await returnPackages(path, cacheOf(arch));
  const blob = await putBlob(store.path, output);
  if (whole) {
    await mkdir(join(store.path, "twins"), { recursive: true });
    await writeFile(`${record}.new`, canonicalJson(blob));
    await rename(`${record}.new`, record);
  } else {
    const message = `apt and perl are emulated until they are upgraded: what ${spec.release} began with could not be had`;
    emit({ type: "notice", level: "warning", message });
  }
  emit({ type: "phase-finished", phase, durationMs: performance.now() - started });
  return blob;
}

/** What a twin depends on. What the mirror has is not in it: see `upToDateFor`. */
async function twinFingerprint(context: TwinContext, native: NativePrograms): Promise<Sha256> {
  return sha256(
    canonicalJson({
      format,
      release: context.spec.release,
      sources: sourcesOf(context),
      older: mayBeOlder(context),
      programs: redirected,
      packages: twinPackages(context.spec.release),
      perlShim: await sha256File(native.perlShim),
      qemu: await sha256File(qemuOf()),
    }),
  );
}

async function goodBlob(
  store: string,
  record: string,
  maxAge = Number.POSITIVE_INFINITY,
): Promise<LayerBlob | undefined> {
  const made = await stat(record).catch(() => undefined);
  if (made === undefined || Date.now() - made.mtimeMs > maxAge) return undefined;
  const text = await readFile(record, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const blob = JSON.parse(text) as LayerBlob;
    return (await checkBlob(store, blob)) === "good" ? blob : undefined;
  } catch {
    // A damaged record is as good as none: the twin is made again.
    return undefined;
  }
}

/** The same that `bootstrap` and the image itself use, so that versions agree. */
function sourcesOf({ spec }: TwinContext): string[] {
  const { APT_MIRROR: main = "", APT_SECURITY_MIRROR: security = "" } = spec.variables;
  if (main === "") return [];
  const keyring = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
  const line = (mirror: string, suite: string) => `deb ${keyring} ${mirror} ${suite} main`;
  return [
    line(main, spec.release),
    line(main, `${spec.release}-updates`),
    ...(security === "" ? [] : [line(security, `${spec.release}-security`)]),
  ];
}

/** pi-gen's debootstrap knows the release's own packages alone; its next step upgrades them. */
function mayBeOlder({ spec }: TwinContext): boolean {
  return spec.piGen !== undefined;
}

function qemuOf(): string {
  return findProgram("qemu-aarch64-static") ?? "";
}
