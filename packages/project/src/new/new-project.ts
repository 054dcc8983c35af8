import type { Release } from "@pibuild/config";
import type { ImageText } from "../files/image-yaml.ts";
import { newestPin, type PigenPin } from "../files/pins.ts";
import type { ProjectFile } from "../files/project-file.ts";
import { ownStage } from "./own-stage.ts";

/** What a new image may stand on, with the stages below its own. */
export const bases = {
  raspios: ["pi-gen/stage0", "pi-gen/stage1", "pi-gen/stage2"],
  debian: ["stages/debian-base", "stages/debian-lite"],
} as const;

export type Base = keyof typeof bases;

/** The answers that a new project is made of. */
export interface Answers {
  /** Of the image, its stage and the Pi. */
  readonly name: string;
  readonly base: Base;
  readonly release: Release;
  /** Public keys that may log in, one a line; empty for none. */
  readonly sshKeys: string;
}

export interface NewProject {
  readonly image: ImageText;
  readonly stage: readonly ProjectFile[];
  readonly pin: PigenPin | undefined;
}

/** A project with one image, and one stage of its own on top of a base. */
export function newProject({ name, base, release, sshKeys }: Answers): NewProject {
  const login = sshKeys === "" ? {} : { PUBKEY_SSH_FIRST_USER: sshKeys };
  const image: ImageText = {
    name,
    about: [
      `Build it with \`npx pibuild build ${name}\`: dist/${name}/${name}.img.xz.`,
      ...(sshKeys === ""
        ? [
            "Nobody can log in yet: give a password with FIRST_USER_PASS_FILE in the environment,",
            "or add your public key below `settings:` as PUBKEY_SSH_FIRST_USER.",
          ]
        : []),
    ],
    release,
    stages: [...bases[base], `stages/${name}`],
    settings: { TARGET_HOSTNAME: hostName(name), ENABLE_SSH: "1", ...login },
  };
  const pin = base === "raspios" ? newestPin(release) : undefined;
  return { image, stage: ownStage(`stages/${name}`), pin };
}

/** A name of an image as a Pi may be called. */
function hostName(name: string): string {
  return name
    .replace(/[._]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
}
