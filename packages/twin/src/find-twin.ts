import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  indexCopies,
  makeTwin,
  type NativePrograms,
  redirected,
  twinPackages,
} from "@pibuild/binfmt";
import { canonicalJson, findProgram, type Sha256, sha256, sha256File } from "@pibuild/core";
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
  const { store, scratch, emit } = context;
  const fingerprint = await twinFingerprint(context, native);
  const findKept = () => store.kept(fingerprint, upToDate ? upToDateFor : undefined);
  const known = await findKept();
  if (known !== undefined) return known;
  await using _lock = await scratch.lock(fingerprint, () =>
    emit({ type: "waiting", what: "another build to make the twin" }),
  );
  return (await findKept()) ?? (await makeAndKeep(context, native, fingerprint));
}

async function makeAndKeep(
  context: TwinContext,
  native: NativePrograms,
  fingerprint: Sha256,
): Promise<string> {
  const { exec, directories, spec, store, emit } = context;
  const phase = `make the twin of ${spec.release}`;
  const started = performance.now();
  emit({ type: "phase-started", phase });
  await using runDirectory = await context.scratch.openRun();
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
    ...{ qemu: qemuOf(), native, aptOptions: context.aptOptions },
  };
  const whole = await makeTwin(exec, recipe, { scratch, archives, output });
  for (const [arch, path] of Object.entries(archives)) {
    await returnPackages(path, cacheOf(arch), [join(path, indexCopies)]);
  }
  // One that is not whole serves this run alone.
  const path = await store.keep(output, whole ? fingerprint : undefined);
  if (!whole) {
    const message = `apt and perl are emulated until they are upgraded: what ${spec.release} began with could not be had`;
    emit({ type: "notice", level: "warning", message });
  }
  emit({ type: "phase-finished", phase, durationMs: performance.now() - started });
  return path;
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
