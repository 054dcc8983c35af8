import type { Release, SettingName } from "@pibuild/config";
import { secretFileKey, settings as table, upstreamPrefix } from "@pibuild/config";
import { stringify } from "yaml";

/** An image as its image.yaml says it; what is undefined or empty is left out. */
export interface ImageText {
  readonly name: string;
  /** Comment lines at the top, without `#`. */
  readonly about: readonly string[];
  readonly release: Release;
  readonly stages: readonly string[];
  readonly skip?: readonly string[];
  readonly settings: Partial<Record<SettingName, string>>;
  /** Secrets, by the file beside image.yaml that holds each. */
  readonly secretFiles?: Partial<Record<SettingName, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly sourceDateEpoch?: number | undefined;
  readonly compressionLevel?: number | undefined;
  readonly outputDir?: string | undefined;
}

/** What editors complete by, from an image's directory on. */
export const schemaPlace = "../../image.schema.json";

/** The text of an image.yaml, with a comment on each part, as a person writes it. */
export function imageText(image: ImageText): string {
  const settings = {
    ...Object.fromEntries(
      Object.entries(image.settings).map(([name, text]) => [name, scalar(name, text)]),
    ),
    ...Object.fromEntries(
      Object.entries(image.secretFiles ?? {}).map(([name, file]) => [
        secretFileKey(name as SettingName),
        file,
      ]),
    ),
  };
  const { compressionLevel: level } = image;
  const usesPigen = image.stages.some((stage) => stage.startsWith(upstreamPrefix));
  const parts: readonly (string | undefined)[] = [
    [`yaml-language-server: $schema=${schemaPlace}`, ...image.about]
      .map((line) => `# ${line}\n`)
      .join("") + part("name", image.name),
    part(
      "release",
      image.release,
      usesPigen
        ? "The Debian release. pi-gen-pin.env names the pi-gen for it."
        : "The Debian release.",
    ),
    part(
      "stages",
      image.stages,
      usesPigen
        ? "Stages run in this order. Those of pi-gen are Raspberry Pi OS's own."
        : "Stages run in this order.",
    ),
    part("skip", image.skip, "Left out, as a file SKIP in them would."),
    part(
      "settings",
      settings,
      "pi-gen's settings, by pi-gen's own names. What is not here has pi-gen's default.",
    ),
    part("env", image.env, "More variables for the stages' scripts."),
    part(
      "source_date_epoch",
      image.sourceDateEpoch,
      "The date of the image, in seconds since 1970.",
    ),
    part("compression", level === undefined ? undefined : { level }, "From 0 (fast) to 9 (small)."),
    part("output_dir", image.outputDir, "Gets the finished files, besides dist/."),
  ];
  return parts.filter((text) => text !== undefined).join("\n");
}

function part(key: string, value: unknown, comment?: string): string | undefined {
  if (
    value === undefined ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0)
  ) {
    return undefined;
  }
  const text = stringify({ [key]: value }, { lineWidth: 0 });
  return comment === undefined ? text : `# ${comment}\n${text}`;
}

/** A flag and a plain number stand without quotes; text that YAML would take for one keeps them. */
function scalar(name: string, text: string): string | number {
  return table[name as SettingName].kind === "flag" ? Number(text) : text;
}
