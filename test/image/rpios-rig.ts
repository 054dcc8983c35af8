import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { lendDirectory, raspberryArchive } from "../../tools/stand-in-archive/index.ts";
import { commonStore, createImageRig, type ImageRig, repository } from "./image-rig.ts";

const images = ["sugarkube", "kn86-rpios"] as const;
export type RpiosImage = (typeof images)[number];

/** A copy of the workspace that builds Raspberry Pi OS, from its own archive or one that stands in for it. */
export interface RpiosRig extends ImageRig {
  /** For people: where Raspberry Pi's packages come from. */
  readonly packages: string;
  /** Another copy that gets the same packages, with an empty store, or with this one's. */
  copy(store?: string): Promise<RpiosRig>;
  /** Builds an image up to a target. */
  build(image: RpiosImage, target: string, env?: Readonly<Record<string, string>>): Promise<void>;
}

export interface RpiosOptions {
  /** A checkout of pi-gen for the release. */
  readonly piGen: string;
  readonly release?: "bookworm" | "trixie";
}

export async function createRpiosRig({
  piGen,
  release = "bookworm",
}: RpiosOptions): Promise<RpiosRig> {
  const scratch = await mkdtemp("/var/tmp/pibuild-rpios-archive-");
  const lent = await lendDirectory(`rpios-${process.pid}-${release}`);
  const stages = ["stage0", "stage1", "stage2", "export-image"].map((name) => join(piGen, name));
  const archive = await raspberryArchive(createExec(), {
    ...{ release, arch: "arm64", stages, scratch: join(scratch, "scratch") },
    ...{ lent: lent.path, env: process.env },
  });
  // A stand-in has packages for one architecture; pi-gen asks for those of another, too.
  await writeFile(join(lent.path, "apt.conf"), 'APT::Architectures { "arm64"; };\n');

  const copy = async (store?: string): Promise<RpiosRig> => {
    const rig = await createImageRig(store);
    for (const image of images) {
      const file = `apps/${image}/image.yaml`;
      await cp(join(repository, "apps", image), join(rig.path, "apps", image), { recursive: true });
      await rig.edit(file, "release: bookworm", `release: ${release}`);
      if (archive.tempRepo === undefined) continue;
      await rig.edit(file, "settings:\n", `settings:\n  TEMP_REPO: "${archive.tempRepo}"\n`);
      await addEnv(join(rig.path, file), `  APT_CONFIG: ${lent.path}/apt.conf\n`);
    }
    const pibuild: ImageRig["pibuild"] = (args, more = {}) =>
      rig.pibuild(args, { PIGEN_DIR: piGen, ...more });
    return {
      ...{ ...rig, packages: archive.description, pibuild, copy },
      async build(image, target, more) {
        await pibuild(["build", image, "--target", target], more);
      },
    };
  };
  const first = await copy(commonStore);
  return {
    ...first,
    async [Symbol.asyncDispose]() {
      await archive[Symbol.asyncDispose]();
      await lent[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
      await removeTree(scratch);
    },
  };
}

/** Adds a line to the variables of an image.yaml. */
async function addEnv(file: string, line: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const changed = /^env:\n/m.test(text)
    ? text.replace(/^env:\n/m, `env:\n${line}`)
    : `${text}env:\n${line}`;
  await writeFile(file, changed);
}
