import {
  expectedValue,
  isReservedName,
  isSettingName,
  type SettingName,
  secretNames,
  settingNames,
  settings,
  valueSchema,
} from "@pibuild/config";
import { type ConfigIssue, didYouMean } from "@pibuild/core";
import { valueHint } from "../config/expand.ts";
import type { ConfigReading, Variable } from "../config/variables.ts";
import { leftOut } from "./left-out.ts";

/** What of a `config` goes into an image.yaml, by the key that it goes to. */
export interface Carried {
  imgName?: Variable & { readonly text: string };
  release?: Variable & { readonly text: string };
  stageList?: Variable & { readonly text: string };
  sourceDateEpoch?: number;
  compressionLevel?: number;
  outputDir?: string;
  readonly settings: Partial<Record<SettingName, string>>;
  readonly secrets: Partial<Record<SettingName, string>>;
  readonly env: Record<string, string>;
  /** What is not carried over, or not as it was: at the line of `config` that says it. */
  readonly notes: ConfigIssue[];
  /** What has to be settled first. */
  readonly issues: ConfigIssue[];
}

/** Variables whose values decide something else than a setting of the same name. */
const decided = ["IMG_NAME", "RELEASE", "STAGE_LIST", "DEPLOY_DIR"] as const;
const packing = ["DEPLOY_COMPRESSION", "COMPRESSION_LEVEL", "DEPLOY_ZIP"];

/**
 * Sorts the variables of a `config` into the keys of image.yaml; every line that has none is noted. `handedOn` are
 * those that the project's own build.sh exports, which may be more than pi-gen's.
 */
export function carryOver(
  { variables, used, issues }: ConfigReading,
  handedOn: readonly string[] = [],
): Carried {
  const carried: Carried = {
    ...{ settings: {}, secrets: {}, env: {}, notes: [], issues: [...issues] },
  };
  for (const variable of variables.values()) {
    const exported = variable.exported || handedOn.includes(variable.name);
    carryOne(carried, { ...variable, exported }, used);
  }
  carryPacking(carried, variables);
  return carried;
}

function carryOne(carried: Carried, variable: Variable, used: ReadonlySet<string>): void {
  const { name, value, exported } = variable;
  if (packing.includes(name) || name === "BASE_DIR") return;
  const place = decided.find((each) => each === name);
  const isSetting = isSettingName(name) && settings[name].derivedFrom === undefined;
  if (name === "IMG_DATE") {
    carryDate(carried, variable);
  } else if (Object.hasOwn(leftOut, name)) {
    note(carried, variable, leftOut[name] ?? "");
  } else if (name === "ARCH") {
    note(carried, variable, "pi-gen's branch says it, and not `config`");
  } else if (place === undefined && !isSetting && !exported) {
    if (!used.has(name)) note(carried, variable, unseenBy(name));
  } else if ("unknown" in value) {
    carried.issues.push(value.unknown);
  } else if (value.text !== "") {
    // build.sh takes its default for an empty value.
    const known = { ...variable, text: value.text };
    if (place !== undefined) carryDecided(carried, place, known);
    else if (isSetting) carrySetting(carried, name, known);
    else carryOwn(carried, known);
  }
}

function carryDecided(
  carried: Carried,
  name: (typeof decided)[number],
  variable: Variable & { readonly text: string },
): void {
  if (name === "IMG_NAME") carried.imgName = variable;
  if (name === "RELEASE") carried.release = variable;
  if (name === "STAGE_LIST") carried.stageList = variable;
  if (name === "DEPLOY_DIR") carried.outputDir = variable.text;
}

function carrySetting(
  carried: Carried,
  name: SettingName,
  { text, at }: Variable & { readonly text: string },
): void {
  const row = settings[name];
  if (!valueSchema(row).safeParse(text).success) {
    const found = row.secret === true ? "something else" : `\`${text}\``;
    const message = `\`${name}\`: expected ${expectedValue(row)}, found ${found}`;
    carried.issues.push({ ...at, message, hint: valueHint(name) });
  } else if (secretNames.includes(name)) carried.secrets[name] = text;
  else carried.settings[name] = text;
}

function carryOwn(carried: Carried, variable: Variable & { readonly text: string }): void {
  const { name, text } = variable;
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) {
    note(
      carried,
      variable,
      "names below `env:` are of A-Z, 0-9 and `_`: rename it in the scripts, too",
    );
  } else if (isReservedName(name)) note(carried, variable, "pibuild sets it itself");
  else if (isSettingName(name))
    note(carried, variable, `it follows from \`${settings[name].derivedFrom}:\``);
  else carried.env[name] = text;
}

function carryDate(carried: Carried, variable: Variable): void {
  const text = "text" in variable.value ? variable.value.text : "";
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time)) carried.sourceDateEpoch = time / 1000;
  else
    note(
      carried,
      variable,
      "`source_date_epoch:` says the date, so that each build gives the same bytes",
    );
}

/** pibuild packs with xz alone. */
function carryPacking(carried: Carried, variables: ConfigReading["variables"]): void {
  const [kind, level, zip] = ["DEPLOY_COMPRESSION", "COMPRESSION_LEVEL", "DEPLOY_ZIP"].map((name) =>
    variables.get(name),
  );
  const textOf = (variable: Variable | undefined) =>
    variable !== undefined && "text" in variable.value ? variable.value.text : "";
  for (const variable of [kind, level]) {
    if (variable !== undefined && "unknown" in variable.value)
      carried.issues.push(variable.value.unknown);
  }
  const packed = "images are packed as `.img.xz`";
  const raw = `${packed}; \`--target disk\` stops at the \`.img\``;
  const said = textOf(kind);
  if (kind !== undefined && said !== "" && said !== "xz")
    note(carried, kind, said === "none" ? raw : packed);
  if (zip !== undefined && said === "") note(carried, zip, textOf(zip) === "0" ? raw : packed);
  const written = textOf(level);
  if (level === undefined || written === "") return;
  if (said === "xz" && /^\d$/.test(written)) carried.compressionLevel = Number(written);
  else note(carried, level, `${packed}, and the level of \`${said || "zip"}\` is not that of xz`);
}

/** Why pi-gen's scripts do not see a variable that pi-gen has no use for. */
function unseenBy(name: string): string {
  const near = didYouMean(name, settingNames);
  const why = "pi-gen does not read it, and without `export` its stages did not see it either";
  return near === undefined ? why : `${why}; did you mean \`${near}\`?`;
}

function note({ notes }: Carried, { name, at }: Variable, why: string): void {
  notes.push({ ...at, message: `\`${name}\` is left out: ${why}` });
}
