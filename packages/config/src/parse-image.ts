import { basename, join, relative } from "node:path";
import { type ConfigIssue, PibuildError } from "@pibuild/core";
import { assembleImage } from "./assemble-image.ts";
import { upstreamPrefix } from "./checkout.ts";
import { derivedSettings, resolveEpoch } from "./derived-settings.ts";
import { brokenDiskRules } from "./disk/disk-rules.ts";
import { type Environment, environmentIssue } from "./environment/environment.ts";
import { mirrorVariableIssues } from "./environment/mirror-variables.ts";
import { overrideStages } from "./environment/pi-gen-stages.ts";
import { resolveOverrides } from "./environment/resolve-overrides.ts";
import type { Image } from "./image.ts";
import { brokenPayloadRules } from "./payload/payload-rules.ts";
import { resolveSettings } from "./resolve-settings.ts";
import { brokenEnvRules, brokenNameRules, brokenSettingRules } from "./rules.ts";
import { imageSchema } from "./schema.ts";
import { schemaIssues } from "./schema-issues.ts";
import { type SettingName, secretNames } from "./settings.ts";
import { sourceText } from "./source-text.ts";
import { brokenStageRules } from "./stage-entries.ts";
import { isDataMap, mapOf, parseYaml } from "./yaml-file.ts";

export interface ImageText {
  readonly workspace: string;
  readonly directory: string;
  readonly text: string;
  readonly env: Environment;
  /** Where pi-gen's own stages are. */
  readonly piGen?: string | undefined;
}

/** The image that the text of an image.yaml describes. Throws CONFIG_INVALID with all issues. */
export async function parseImage({
  workspace,
  directory,
  text,
  env,
  piGen,
}: ImageText): Promise<Image> {
  const file = join(directory, "image.yaml");
  const directoryName = basename(directory);
  const source = sourceText(relative(workspace, file), text, maskSecrets);
  const yaml = parseYaml(source, ["settings", "env", "inputs"]);
  if (yaml.issues.length > 0) throw invalid(yaml.issues);
  const raw = mapOf(yaml.data);
  const checked = imageSchema.safeParse(
    isDataMap(yaml.data ?? {}) ? { name: directoryName, ...raw } : yaml.data,
  );
  const written = imageSchema.shape.stages.safeParse(raw.stages).data ?? [];
  const { stages, issues: stageIssues } = overrideStages(written, env);
  const upstream = stages.some(({ name }) => name.startsWith(upstreamPrefix));
  const overrides = resolveOverrides(env, { upstream });
  const epoch = resolveEpoch(raw.source_date_epoch, env);
  const settings = await resolveSettings(
    derivedSettings(raw, { directoryName, epoch, env, overrides }),
    {
      fromFile: mapOf(raw.settings),
      env,
      workspace,
      directory,
      release:
        overrides.release ?? imageSchema.shape.release.safeParse(raw.release).data ?? "bookworm",
      issueAt: (name, words) => source.issue(words, yaml.valueRange(["settings", name])),
    },
  );
  const broken = [
    ...brokenNameRules(imageSchema.shape.name.safeParse(raw.name).data, directoryName),
    ...brokenSettingRules(settings.values),
    ...brokenEnvRules(raw.env),
    ...brokenDiskRules(raw.disk),
    ...brokenPayloadRules(raw.payload, raw.disk),
    ...brokenStageRules(raw.stages),
  ];
  const all = [
    ...(checked.success ? [] : schemaIssues(checked.error.issues, yaml, source)),
    ...broken.map(({ path, ...words }) => {
      const name = String(path[1]);
      return path[0] === "settings" && settings.origins[name as SettingName] === "environment"
        ? environmentIssue(name, words)
        : source.issue(words, yaml.keyRange(path));
    }),
  ].sort((a, b) => (a.at.line ?? 0) - (b.at.line ?? 0));
  all.push(
    ...mirrorVariableIssues(env),
    ...settings.issues,
    ...overrides.issues,
    ...stageIssues,
    ...epoch.issues,
  );
  if (!checked.success || all.length > 0) throw invalid(all);
  return assembleImage({
    workspace,
    directory,
    file,
    data: checked.data,
    place: (path) => source.issue({ message: "" }, yaml.valueRange(path)).at,
    issueAt: (path) => source.issue({ message: "" }, yaml.valueRange(path)),
    stages,
    piGen: upstream ? piGen : undefined,
    settings,
    overrides,
    epoch,
    env,
  });
}

/** Blanks the value on a line that holds a secret setting. */
function maskSecrets(line: string): string {
  const secret = new RegExp(`((?:${secretNames.join("|")})["']?\\s*:\\s*)\\S.*`);
  return line.replace(secret, "$1***");
}

function invalid(issues: readonly ConfigIssue[]): PibuildError<"CONFIG_INVALID"> {
  return new PibuildError("CONFIG_INVALID", { issues });
}
