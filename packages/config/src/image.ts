import type { ConfigIssue, Location, Login } from "@pibuild/core";
import type { Board, TableKind } from "@pibuild/pi-boot";
import type { ImageInput } from "./inputs/image-input.ts";
import type { PackageConfig } from "./mirrors/mirror-config.ts";
import type { NetworkConfig } from "./network.ts";
import type { Release } from "./release.ts";
import type { Origin } from "./resolve-settings.ts";
import { type SettingName, settingNames, settings } from "./settings.ts";
import type { StageEntry } from "./stage-entries.ts";

/** The disk of an image; sizes in bytes. */
export interface DiskConfig {
  readonly layout: "standard" | "ab6";
  readonly table: TableKind;
  readonly board?: Board;
  /** Of the whole disk; always there for `ab6`. */
  readonly size?: number;
  /** Of `standard` only, as are the next two. */
  readonly bootSize: number;
  /** Room left free in the root filesystem; without effect where `rootSize` or `size` is given. */
  readonly rootFree: number;
  readonly rootSize?: number;
  /** Whether slot B of `ab6` is filled. */
  readonly populateBoth: boolean;
  /** What every id on the disk derives from. */
  readonly seed: string;
}

/** The keys of `disk:` that say a size. */
export const sizeKeys = ["size", "boot_size", "root_size", "root_free"] as const;
export type SizeKey = (typeof sizeKeys)[number];

/** What an image's field update says of itself. */
export interface PayloadConfig {
  readonly compatible: string;
  readonly version: string;
  readonly securityEpoch: number;
  readonly boards: readonly string[];
  /** Of zstd. */
  readonly level: number;
}

/** A valid image.yaml, complete: defaults, derived settings and the environment are in. */
export interface Image {
  /** The name of its directory in `apps/`. */
  readonly name: string;
  /** What its files are called, without an ending: IMG_NAME. */
  readonly fileName: string;
  readonly description?: string;
  readonly workspace: string;
  readonly file: string;
  readonly directory: string;
  readonly release: Release;
  /** Where the file says so, or the file itself. */
  readonly releaseAt: Location;
  readonly arch: "arm64";
  readonly stages: readonly StageEntry[];
  /** Stages and sub-stages, by name, that are left out as with a file `SKIP`. */
  readonly skip: readonly { readonly name: string; readonly at: ConfigIssue }[];
  /** What finishes the image, after its stages. */
  readonly exportStages: readonly StageEntry[];
  /** What a container starts from where steps run in one: a word or a name, see `container_image`. */
  readonly containerImage?: string;
  /** The checkout of pi-gen, where the image has stages of it: its own functions then serve all stages. */
  readonly piGen?: string;
  readonly disk: DiskConfig;
  /** Where sizes of the disk stand in image.yaml, of those that do: issues without words yet. */
  readonly sizesAt: Readonly<Partial<Record<SizeKey, ConfigIssue>>>;
  readonly settings: Readonly<Record<SettingName, string>>;
  /** Files whose texts are settings, absolute. */
  readonly settingFiles: readonly string[];
  /** Where each setting comes from. */
  readonly origins: Readonly<Record<SettingName | "SOURCE_DATE_EPOCH", Origin>>;
  readonly env: Readonly<Record<string, string>>;
  /** Files from outside, as image.yaml names them; what they hold is checked by `checkInputs`. */
  readonly inputs: readonly ImageInput[];
  /** Mirrors, and how they are asked. */
  readonly packages: PackageConfig;
  /** Where a person set what is no default: keys of `settings:` and `env:`, and variables. */
  readonly setAt: ReadonlyMap<string, Location>;
  /** Logins for the servers that settings name, whose addresses are without them. */
  readonly logins: readonly Login[];
  /** Values that must never reach a log, but for those of logins. */
  readonly secrets: readonly string[];
  readonly secretNames: readonly SettingName[];
  /** Whether steps find the builder's own `/dev`. */
  readonly hostDevices: boolean;
  readonly network: NetworkConfig;
  readonly sourceDateEpoch: number;
  readonly compression: { readonly format: "xz"; readonly level: number };
  /** For an image whose disk has slots, and that asks for it. */
  readonly payload?: PayloadConfig;
  /** A directory that gets the finished files besides `dist/`, absolute. */
  readonly outputDirectory?: string;
  /** How long a build may take, in milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * The variables that an image gives to stage scripts. Settings that pi-gen leaves unset by default
 * are left out while empty: its stages ask `[ -v WPA_COUNTRY ]`, so empty is not the same as unset.
 */
export function stageVariables(image: Pick<Image, "settings" | "env">): Record<string, string> {
  const variables: Record<string, string> = { ...image.env };
  for (const name of settingNames) {
    const value = image.settings[name];
    if (value !== "" || settings[name].default !== "") variables[name] = value;
  }
  return variables;
}
