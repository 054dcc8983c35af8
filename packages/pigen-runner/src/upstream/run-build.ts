import { readFile } from "node:fs/promises";
import { joinLogins, programsFor, requirePrograms } from "@pibuild/core";
import { openPackages } from "../run/package-proxy.ts";
import { deployDirectory, workDirectory } from "../run/paths.ts";
import type { RunContext } from "../run/run-context.ts";
import { showInputs } from "../run/show-inputs.ts";
import { callBuild } from "./call-build.ts";
import {
  noExportDirectory,
  piGenDirectory,
  prepareUpstream,
  writeConfig,
} from "./prepare-upstream.ts";
import { fetchOfBuild, upstreamProxy } from "./upstream-proxy.ts";

/** What pi-gen's build.sh is to do. */
export interface UpstreamBuild {
  /** The checkout. */
  readonly piGen: string;
  /** Its commit, which build.sh writes into the image; empty where it is no git checkout. */
  readonly commit: string;
  /** Its STAGE_LIST, as its scripts see the paths: see `visibleStage`. */
  readonly stages: readonly string[];
  /** Where those are on this host. */
  readonly stagePaths: readonly string[];
  /** Whether it exports images. */
  readonly exports: boolean;
  /** Where its trees go, WORK_DIR, and what it deploys. */
  readonly work: string;
  readonly deploy: string;
  /** An empty directory for copies of the inputs. */
  readonly inputs: string;
}

/** What inputs are shown to; there is no single step. */
const everything = "build.sh";

/**
 * Runs pi-gen's own build.sh, unmodified, in one go. Must run as root in a mount namespace of its own.
 * Throws UPSTREAM_FAILED, and ENV_TOOL_MISSING for what build.sh asks for.
 */
export async function runBuild(context: RunContext, build: UpstreamBuild): Promise<void> {
  const { spec } = context;
  requirePrograms(programsFor("upstream"));
  const exports = build.exports ? `${piGenDirectory}/export-image` : noExportDirectory;
  await prepareUpstream(context, build);
  const more = await ownAptLines(context);
  await using proxy = await openPackages(context, { seenAt: fetchOfBuild, more });
  const { variables: ofProxy, functions } = upstreamProxy(proxy);
  if (proxy.apt.later !== undefined) {
    const message =
      "build.sh installs the packages of `lock --update` in the lock's older version: it cannot tell apt otherwise";
    context.emit({ type: "notice", level: "warning", message });
  }
  const settings = {
    ...spec.variables,
    ...ofProxy,
    // It knows no other way to ask with them; what it writes of them it removes when it exports.
    ...withLogins(spec, ["APT_PROXY", "TEMP_REPO"]),
    // Where people call it themselves, it asks git for the commit of the directory that it is called in.
    GIT_HASH: build.commit,
    SOURCE_DATE_EPOCH: String(spec.sourceDateEpoch),
    STAGE_LIST: build.stages.join(" "),
    EXPORT_CONFIG_DIR: exports,
    WORK_DIR: workDirectory,
    DEPLOY_DIR: deployDirectory,
  };
  await writeConfig(settings, functions);
  const variables = spec.inputs.map(({ variable }) => variable);
  await showInputs(context, everything, variables, build.inputs);
  await callBuild(context, build.exports ? [...build.stages, exports] : build.stages);
}

/** What the image's own APT_CONFIG says: the build's is in its place, and apt in a chroot could not open it. */
async function ownAptLines({ spec, emit }: RunContext): Promise<string | undefined> {
  const { APT_CONFIG: file } = spec.variables;
  if (!file) return undefined;
  try {
    return await readFile(file, "utf8");
  } catch {
    const message = `\`APT_CONFIG\` names ${file}, which cannot be read here: build.sh's apt does without it`;
    emit({ type: "notice", level: "warning", message });
    return undefined;
  }
}

function withLogins(
  { variables, logins }: RunContext["spec"],
  names: readonly string[],
): Record<string, string> {
  const given = names.flatMap((name) => {
    const value = variables[name];
    return value === undefined ? [] : [[name, joinLogins(value, logins)]];
  });
  return Object.fromEntries(given);
}
