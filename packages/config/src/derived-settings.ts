import type { ConfigIssue } from "@pibuild/core";
import { type Environment, environmentIssue } from "./environment/environment.ts";
import type { Overrides } from "./environment/resolve-overrides.ts";
import type { Resolved } from "./resolve-settings.ts";
import { imageSchema } from "./schema.ts";
import type { SettingName } from "./settings.ts";

/** The image's time, from the environment or the file, with what is wrong about the variable. */
export interface ResolvedEpoch extends Resolved<number> {
  readonly issues: readonly ConfigIssue[];
}

/** SOURCE_DATE_EPOCH as reproducible-builds.org defines it; an empty variable is not set. */
export function resolveEpoch(written: unknown, env: Environment): ResolvedEpoch {
  const schema = imageSchema.shape.source_date_epoch;
  const inFile = schema.safeParse(written);
  const value = inFile.data ?? schema.parse(undefined);
  const origin = written === undefined ? "default" : "file";
  const variable = env.SOURCE_DATE_EPOCH;
  if (variable === undefined || variable === "") return { value, origin, issues: [] };
  const given = schema.safeParse(/^\d+$/.test(variable) ? Number(variable) : variable);
  if (given.success) return { value: given.data, origin: "environment", issues: [] };
  const message = `expected whole seconds since 1970, found \`${variable}\``;
  return { value, origin, issues: [environmentIssue("SOURCE_DATE_EPOCH", { message })] };
}

/** What derived settings follow from, besides image.yaml itself. */
export interface Derivation {
  readonly directoryName: string;
  readonly epoch: Resolved<number>;
  readonly env: Environment;
  readonly overrides: Pick<Overrides, "arch" | "release">;
}

/** Settings that follow from other keys of image.yaml. Invalid keys count as not there. */
export function derivedSettings(
  raw: Readonly<Record<string, unknown>>,
  { directoryName, epoch, env, overrides }: Derivation,
): Partial<Record<SettingName, Resolved>> {
  const given = { ...overrides, name: env.IMG_NAME };
  const pick = (key: "name" | "release" | "arch", fallback: string): Resolved => {
    const override = given[key] ?? "";
    if (override !== "") return { value: override, origin: "environment" };
    const written = imageSchema.shape[key].safeParse(raw[key]);
    return written.success && raw[key] !== undefined
      ? { value: written.data ?? fallback, origin: "file" }
      : { value: fallback, origin: "default" };
  };
  const name = pick("name", directoryName);
  const arch = pick("arch", "arm64");
  const flag = (on: boolean): Resolved => ({ value: on ? "1" : "0", origin: arch.origin });
  const date = new Date(epoch.value * 1000).toISOString().slice(0, 10);
  return {
    IMG_NAME: name,
    IMG_FILENAME: { value: `${date}-${name.value}`, origin: name.origin },
    ARCHIVE_FILENAME: { value: `image_${date}-${name.value}`, origin: name.origin },
    RELEASE: pick("release", "bookworm"),
    ARCH: arch,
    ARM64: flag(arch.value === "arm64"),
    ARMHF: flag(arch.value === "armhf"),
    IMG_DATE: { value: date, origin: epoch.origin },
  };
}
