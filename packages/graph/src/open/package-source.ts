import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { archiveOfAddress, type Image, loadPin, pinFileName } from "@pibuild/config";
import { isPibuildError, joinLogins, type Login } from "@pibuild/core";
import { type Archive, type DebianMirrors, type Lock, laterArchives } from "@pibuild/mirrors";
import type { RunSpec } from "@pibuild/pigen-runner";

export interface PackageSources {
  readonly hostMirrors: DebianMirrors;
  readonly logins: readonly Login[];
  readonly env: NodeJS.ProcessEnv;
  readonly lock: Lock | undefined;
}

/**
 * The archives of an image, each with its mirrors: those of its settings, then the host's own, then the address
 * that the image's sources have. Raspberry Pi's own archive is asked without a proxy, where nobody says otherwise.
 */
export async function packageSource(
  image: Image,
  { hostMirrors, logins, env, lock }: PackageSources,
): Promise<NonNullable<RunSpec["packages"]>> {
  const { APT_MIRROR, APT_SECURITY_MIRROR, APT_PROXY } = image.settings;
  const { mirrors, retries, timeoutMs, aptOptions } = image.packages;
  const own = [
    { archive: "debian", address: APT_MIRROR || hostMirrors.main },
    { archive: "debian-security", address: APT_SECURITY_MIRROR || hostMirrors.security },
  ];
  const written = image.piGen === undefined ? [] : await addressesOfPiGen(image.piGen);
  const named = [
    ...own.flatMap(({ archive, address }) =>
      address ? [{ archive, address: bare(address) }] : [],
    ),
    ...written.map((address) => ({ archive: archiveOfAddress(address), address })),
    ...mirrors.flatMap(({ archive, addresses }) =>
      addresses.map((address) => ({ archive, address })),
    ),
  ];
  const time = mirrors.some(({ snapshot }) => snapshot) ? await snapshotTime(image) : undefined;
  const archives = [...Map.groupBy(named, ({ archive }) => archive)].map(
    ([name, found]): Archive => {
      const said = mirrors.find(({ archive }) => archive === name);
      const addresses = [...new Set(found.map(({ address }) => address))];
      const { keyring, snapshot } = said ?? {};
      const hasSnapshot = snapshot !== undefined && time !== undefined && !isOffline(env);
      return {
        ...{ name, addresses },
        candidates: isOffline(env) ? [] : [...new Set([...(said?.candidates ?? []), ...addresses])],
        direct: said?.direct ?? name === "raspberrypi",
        ...(keyring === undefined ? {} : { keyring }),
        ...(hasSnapshot ? { snapshot: `${snapshot}/archive/${name}/${time}` } : {}),
      };
    },
  );
  const held = lock?.releases.map(({ archive }) => archive) ?? [];
  return {
    archives: [...archives, ...laterArchives(archives, held)],
    lock,
    aptOptions,
    proxyEnv: proxyOf(joinLogins(APT_PROXY, logins), env),
    limits: {
      ...(retries === undefined ? {} : { retries }),
      ...(timeoutMs === undefined ? {} : { answerMs: timeoutMs, stallMs: timeoutMs }),
    },
  };
}

/** The time of the workspace's pin; undefined where that says none, or is not there. */
async function snapshotTime({ workspace }: Image): Promise<string | undefined> {
  try {
    return (await loadPin(join(workspace, pinFileName))).debianSnapshot;
  } catch (error) {
    if (isPibuildError(error, "CONFIG_MISSING")) return undefined;
    throw error;
  }
}

/** No mirror is asked: what is kept has to do. */
function isOffline(env: NodeJS.ProcessEnv): boolean {
  return env.PIBUILD_OFFLINE === "1";
}

function proxyOf(proxy: string, env: NodeJS.ProcessEnv): Record<string, string> {
  if (proxy !== "") return { http_proxy: proxy, https_proxy: proxy };
  const names = ["http_proxy", "https_proxy", "no_proxy"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name] || env[name.toUpperCase()];
      return value ? [[name, value]] : [];
    }),
  );
}

/** The archives that pi-gen's stage0 bootstraps from and writes into the image. */
async function addressesOfPiGen(piGen: string): Promise<string[]> {
  const stage = join(piGen, "stage0");
  const files = join(stage, "00-configure-apt/files");
  const names = (await readdir(files).catch(() => [])).sort();
  const found: string[] = [];
  for (const path of [join(stage, "prerun.sh"), ...names.map((name) => join(files, name))]) {
    const text = await readFile(path, "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
    for (const [address] of lines.join("\n").matchAll(/https?:\/\/[\w.-]+(?::\d+)?\/[\w./-]+/g))
      found.push(bare(address));
  }
  return [...new Set(found)];
}

function bare(address: string): string {
  return address.replace(/\/+$/, "");
}
