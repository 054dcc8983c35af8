import { basename, join, relative, resolve } from "node:path";
import { type ConfigIssue, PibuildError } from "@pibuild/core";
import { upstreamPrefix } from "./checkout.ts";
import { derivedSettings, resolveEpoch } from "./derived-settings.ts";
import type { Image } from "./image.ts";
import { type Environment, environmentIssue, resolveSettings } from "./resolve-settings.ts";
import { brokenDiskRules, brokenEnvRules, brokenNameRules, brokenSettingRules } from "./rules.ts";
import { type ImageFile, imageSchema } from "./schema.ts";
import { schemaIssues } from "./schema-issues.ts";
import { settingText } from "./setting-row.ts";
import { type SettingName, secretNames } from "./settings.ts";
import { sourceText } from "./source-text.ts";
import { brokenStageRules, type StageEntry } from "./stage-entries.ts";
import { isDataMap, mapOf, parseYaml, type YamlPath } from "./yaml-file.ts";

export interface ImageText {
  readonly workspace: string;
  readonly directory: string;
  readonly text: string;
  readonly env: Environment;
  /** Where pi-gen's own stages are. */
  readonly piGen?: string | undefined;
}

/** The image that the text of an image.yaml describes. Throws CONFIG_INVALID with all issues. */
export function parseImage({ workspace, directory, text, env, piGen }: ImageText): Image {
  const file = join(directory, "image.yaml");
  const source = sourceText(relative(workspace, file), text, maskSecrets);
  const yaml = parseYaml(source, ["settings", "env"]);
  if (yaml.issues.length > 0) throw invalid(yaml.issues);
  const raw = mapOf(yaml.data);
  const checked = imageSchema.safeParse(
    isDataMap(yaml.data ?? {}) ? { name: basename(directory), ...raw } : yaml.data,
  );
  const epoch = resolveEpoch(raw.source_date_epoch, env);
  const derived = derivedSettings(raw, basename(directory), epoch);
  const { values, origins, issues } = resolveSettings(mapOf(raw.settings), derived, env);
  const broken = [
    ...brokenNameRules(imageSchema.shape.name.safeParse(raw.name).data, basename(directory)),
    ...brokenSettingRules(values),
    ...brokenEnvRules(raw.env),
    ...brokenDiskRules(raw.disk),
    ...brokenStageRules(raw.stages),
  ];
  const all = [
    ...(checked.success ? [] : schemaIssues(checked.error.issues, yaml, source)),
    ...broken.map(({ path, ...words }) => {
      const name = String(path[1]);
      return path[0] === "settings" && origins[name as SettingName] === "environment"
        ? environmentIssue(name, words)
        : source.issue(words, yaml.keyRange(path));
    }),
  ].sort((a, b) => (a.at.line ?? 0) - (b.at.line ?? 0));
  all.push(...issues, ...epoch.issues);
  if (!checked.success || all.length > 0) throw invalid(all);
  const stage = (name: string, path: YamlPath): StageEntry => ({
    name,
    path:
      piGen !== undefined && name.startsWith(upstreamPrefix)
        ? join(piGen, name.slice(upstreamPrefix.length))
        : resolve(workspace, name),
    at: source.issue({ message: "" }, yaml.valueRange(path)).at,
  });
  const { data } = checked;
  const upstream = data.stages.some((name) => name.startsWith(upstreamPrefix));
  return {
    name: values.IMG_NAME,
    ...(data.description === undefined ? {} : { description: data.description }),
    ...(data.container_image === undefined ? {} : { containerImage: data.container_image }),
    workspace,
    file,
    directory,
    release: data.release,
    arch: data.arch,
    stages: data.stages.map((name, index) => stage(name, ["stages", index])),
    exportStage: stage(data.export, ["export"]),
    ...(upstream && piGen !== undefined ? { piGen } : {}),
    disk: diskOf(data.disk, values.IMG_NAME),
    settings: values,
    origins: { ...origins, SOURCE_DATE_EPOCH: epoch.origin },
    env: Object.fromEntries(
      Object.entries(data.env).map(([name, value]) => [name, settingText(value)]),
    ),
    secrets: secretNames.map((name) => values[name]).filter((value) => value !== ""),
    secretNames,
    sourceDateEpoch: epoch.value,
    compression: data.compression,
  };
}

function diskOf(disk: ImageFile["disk"], name: string): Image["disk"] {
  return {
    layout: disk.layout,
    bootSize: disk.boot_size,
    rootFree: disk.root_free,
    ...(disk.root_size === undefined ? {} : { rootSize: disk.root_size }),
    seed: disk.seed ?? name,
  };
}

/** Blanks the value on a line that holds a secret setting. */
function maskSecrets(line: string): string {
  const secret = new RegExp(`((?:${secretNames.join("|")})["']?\\s*:\\s*)\\S.*`);
  return line.replace(secret, "$1***");
}

function invalid(issues: readonly ConfigIssue[]): PibuildError<"CONFIG_INVALID"> {
  return new PibuildError("CONFIG_INVALID", { issues });
}
