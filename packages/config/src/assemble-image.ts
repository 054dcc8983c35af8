import { basename, relative, resolve } from "node:path";
import type { ConfigIssue, Location } from "@pibuild/core";
import { upstreamExport } from "./checkout.ts";
import type { ResolvedEpoch } from "./derived-settings.ts";
import { diskConfig } from "./disk/disk-config.ts";
import { type Environment, environmentPlace } from "./environment/environment.ts";
import { packageConfig } from "./environment/package-config.ts";
import type { ListedStage } from "./environment/pi-gen-stages.ts";
import type { Overrides } from "./environment/resolve-overrides.ts";
import { type Image, sizeKeys } from "./image.ts";
import { imageInputs, inputVariable } from "./inputs/image-input.ts";
import { payloadConfig } from "./payload/payload-config.ts";
import type { ResolvedSettings } from "./resolve-settings.ts";
import type { ImageFile } from "./schema.ts";
import { settingText } from "./setting-row.ts";
import { type SettingName, secretNames, settingNames, settings as table } from "./settings.ts";
import type { StageEntry } from "./stage-entries.ts";
import { stagePath } from "./stage-path.ts";
import type { YamlPath } from "./yaml-file.ts";

/** An image in its parts, each of them valid. */
export interface ImageParts {
  readonly workspace: string;
  readonly directory: string;
  readonly file: string;
  readonly data: ImageFile;
  /** Where the value at a path of the file stands. */
  readonly place: (path: YamlPath) => Location;
  /** The same with the line itself: an issue that has no words yet. */
  readonly issueAt: (path: YamlPath) => ConfigIssue;
  readonly stages: readonly ListedStage[];
  /** Only for an image with stages of pi-gen. */
  readonly piGen: string | undefined;
  readonly settings: ResolvedSettings;
  readonly overrides: Overrides;
  readonly epoch: ResolvedEpoch;
  readonly env: Environment;
}

/** Puts an image together; the environment's word goes before the file's. */
export function assembleImage(parts: ImageParts): Image {
  const { workspace, directory, file, data, place, piGen, settings, overrides, epoch } = parts;
  const { values, origins } = settings;
  const name = basename(directory);
  const entry = (stage: string, at: Location): StageEntry => ({
    name: stage,
    path: stagePath(stage, { workspace, piGen }),
    at,
  });
  const output = overrides.outputDir ?? data.output_dir;
  const timeoutMs = overrides.timeoutMs ?? data.build_timeout ?? 0;
  return {
    name,
    fileName: values.IMG_NAME,
    ...(data.description === undefined ? {} : { description: data.description }),
    ...(data.container_image === undefined ? {} : { containerImage: data.container_image }),
    workspace,
    file,
    directory,
    release: overrides.release ?? data.release,
    releaseAt: place(["release"]),
    arch: overrides.arch ?? data.arch,
    stages: parts.stages.map((stage) => {
      const inFile = stage.index !== undefined;
      return entry(
        stage.name,
        inFile ? place(["stages", stage.index]) : environmentPlace("PI_GEN_STAGES"),
      );
    }),
    skip: (data.skip ?? []).map((name, index) => ({ name, at: parts.issueAt(["skip", index]) })),
    exportStages:
      data.export?.map((stage) => entry(stage, place(["export"]))) ??
      defaultExport(parts).map((stage) => ({
        ...entry(stage, { file: relative(workspace, file) }),
        isDefault: true,
      })),
    ...(piGen === undefined ? {} : { piGen }),
    disk: diskConfig(data.disk, name),
    sizesAt: Object.fromEntries(
      sizeKeys.flatMap((key) =>
        data.disk[key] === undefined ? [] : [[key, parts.issueAt(["disk", key])]],
      ),
    ),
    settings: values,
    logins: settings.logins,
    settingFiles: settings.files,
    origins: { ...origins, SOURCE_DATE_EPOCH: epoch.origin },
    env: Object.fromEntries(
      Object.entries(data.env).map(([key, value]) => [key, settingText(value)]),
    ),
    inputs: imageInputs(data.inputs, directory, parts.issueAt),
    packages: packageConfig(data.mirrors, directory, parts.env),
    setAt: placesOf(parts),
    secrets: secretNames.map((key) => values[key]).filter((value) => value !== ""),
    secretNames,
    hostDevices: data.host_devices,
    network: {
      default: data.network,
      stages: Object.entries(data.stage_network).map(([stage, network]) => ({
        ...{ stage, network },
        at: parts.issueAt(["stage_network", stage]),
      })),
    },
    sourceDateEpoch: epoch.value,
    compression: data.compression,
    ...(data.payload === undefined
      ? {}
      : { payload: payloadConfig(data.payload, data.disk.board) }),
    ...(output === undefined ? {} : { outputDirectory: resolve(workspace, output) }),
    ...(timeoutMs === 0 ? {} : { timeoutMs }),
  };
}

/** The stages that finish an image of its kind. */
function defaultExport({ data, piGen }: ImageParts): readonly string[] {
  const finish = piGen === undefined ? "stages/export" : upstreamExport;
  return ["stages/partitions", finish, ...(data.disk.layout === "ab6" ? ["stages/slots"] : [])];
}

/** Where each setting and variable was set that is no default and follows from nothing else. */
function placesOf({ settings: { origins }, data, place }: ImageParts): Map<string, Location> {
  const where = (name: SettingName): Location | undefined => {
    if (origins[name] === "environment") return environmentPlace(name);
    return origins[name] === "file" ? place(["settings", name]) : undefined;
  };
  const places = new Map<string, Location>();
  for (const name of settingNames.filter((each) => table[each].derivedFrom === undefined)) {
    const at = where(name);
    if (at !== undefined) places.set(name, at);
  }
  for (const name of Object.keys(data.inputs)) {
    places.set(inputVariable(name), place(["inputs", name, "path"]));
  }
  for (const name of Object.keys(data.env)) places.set(name, place(["env", name]));
  return places;
}
