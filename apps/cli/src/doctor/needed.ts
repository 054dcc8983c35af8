import { basename } from "node:path";
import { type Image, listImages, loadImage, upstreamPrefix } from "@pibuild/config";
import { createExec, joinLogins, type Login, PibuildError } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import { hostDebianMirrors, hostLogins } from "@pibuild/mirrors";

/** What images ask of the host. */
export interface Needed {
  readonly images: readonly NeededImage[];
  /** Images whose file has mistakes, so that their needs are not known. */
  readonly unreadable: readonly { readonly name: string; readonly why: string }[];
  /** Whether pi-gen's own build.sh is to run. */
  readonly upstream: boolean;
}

export interface NeededImage {
  readonly name: string;
  readonly release: string;
  readonly arch: string;
  /** Whether it has stages of pi-gen itself. */
  readonly piGen: boolean;
  /** Whether it has a desktop: pi-gen's stage3 or a later one. */
  readonly desktop: boolean;
  /** Debian's mirror, with its login; empty where neither the image nor the host names one. */
  readonly mirror: string;
  readonly proxy: string;
}

export interface NeededOptions {
  readonly workspace: string;
  /** One image; undefined means all. Errors in its file are thrown then. */
  readonly image: string | undefined;
  readonly upstream: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** Reads what images need, whether or not the pi-gen that they name is here. */
export async function readNeeded(options: NeededOptions): Promise<Needed> {
  const { workspace, image: chosen, upstream, env } = options;
  const logins = await hostLogins();
  const images: NeededImage[] = [];
  const unreadable: { name: string; why: string }[] = [];
  for (const name of chosen === undefined ? await listImages(workspace) : [chosen]) {
    try {
      // Only the names of pi-gen's stages count here.
      const image = await loadImage(workspace, name, { env, requireStages: false });
      const { main = "" } = await hostDebianMirrors(image, {
        ...{ exec: createExec(), file: hostDirectories(env).mirrors, env },
        ...{ logins: [...image.logins, ...logins], proxy: image.settings.APT_PROXY },
      });
      images.push(needsOf(image, main, logins));
    } catch (error) {
      if (chosen !== undefined || !(error instanceof PibuildError)) throw error;
      unreadable.push({ name, why: error.message });
    }
  }
  return { images, unreadable, upstream };
}

function needsOf(image: Image, hostMirror: string, ofHost: readonly Login[]): NeededImage {
  const logins = [...image.logins, ...ofHost];
  const { name, release, arch, stages, settings } = image;
  return {
    name,
    release,
    arch,
    piGen: stages.some((stage) => stage.name.startsWith(upstreamPrefix)),
    desktop: stages.some((stage) => /^stage([3-9]|\d\d)/.test(basename(stage.path))),
    mirror: joinLogins(settings.APT_MIRROR || hostMirror, logins),
    proxy: joinLogins(settings.APT_PROXY, logins),
  };
}

/** The images that have stages of pi-gen, by name. */
export function imagesWithPiGen({ images }: Needed): string[] {
  return images.filter(({ piGen }) => piGen).map(({ name }) => name);
}

/** Whether pi-gen's stages or its build.sh are asked for, so that its checkout has to be there. */
export function needsPiGen(needed: Needed): boolean {
  return needed.upstream || imagesWithPiGen(needed).length > 0;
}
