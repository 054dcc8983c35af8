import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { lendDirectory, raspberryArchive } from "../../tools/stand-in-archive/index.ts";
import { commonStore, createImageRig, type ImageRig, repository } from "./image-rig.ts";
import { images, type PiGenPin, type RpiosImage } from "./rpios-images.ts";

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
  /** What the checkout is at, if it is not the workspace's pin. */
  readonly pin?: PiGenPin;
}

const aptConfiguration = [
  // A stand-in has packages for one architecture; pi-gen asks for those of another, too.
  'APT::Architectures { "arm64"; };',
  // trixie's export asks for changelogs that no package has; without a network each takes a minute.
  'Acquire::https::Proxy "http://127.0.0.1:9/";',
  "",
].join("\n");

export async function createRpiosRig({ piGen, pin }: RpiosOptions): Promise<RpiosRig> {
  const release = pin?.release ?? "bookworm";
  const scratch = await mkdtemp("/var/tmp/pibuild-rpios-archive-");
  const lent = await lendDirectory(`rpios-${process.pid}-${release}`);
  const stages = ["stage0", "stage1", "stage2", "export-image"].map((name) => join(piGen, name));
  const archive = await raspberryArchive(createExec(), {
    ...{ release, arch: "arm64", stages, scratch: join(scratch, "scratch") },
    ...{ lent: lent.path, env: process.env },
  });
  await writeFile(join(lent.path, "apt.conf"), aptConfiguration);

  const copy = async (store?: string): Promise<RpiosRig> => {
    const rig = await createImageRig(store);
    if (pin !== undefined) await movePin(rig, pin);
    for (const image of images) {
      const file = `apps/${image}/image.yaml`;
      await cp(join(repository, "apps", image), join(rig.path, "apps", image), { recursive: true });
      await rig.edit(file, "release: bookworm", `release: ${release}`);
      if (archive.tempRepo === undefined) continue;
      // What is lent lies below the machine's own /dev.
      const lends = `host_devices: true\nsettings:\n  TEMP_REPO: "${archive.tempRepo}"\n`;
      await rig.edit(file, "settings:\n", lends);
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
  // A common store knows the last layers of one image of a name.
  const first = await copy(pin === undefined ? commonStore : undefined);
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

async function movePin(rig: ImageRig, { tag, commit, release }: PiGenPin): Promise<void> {
  const file = "pi-gen-pin.env";
  await rig.edit(file, /^PI_GEN_TAG=.*/m, `PI_GEN_TAG=${tag}`);
  await rig.edit(file, /^PI_GEN_COMMIT=.*/m, `PI_GEN_COMMIT=${commit}`);
  await rig.edit(file, /^RELEASE=.*/m, `RELEASE=${release}`);
}

/** Adds a line to the variables of an image.yaml. */
async function addEnv(file: string, line: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const changed = /^env:\n/m.test(text)
    ? text.replace(/^env:\n/m, `env:\n${line}`)
    : `${text}env:\n${line}`;
  await writeFile(file, changed);
}
