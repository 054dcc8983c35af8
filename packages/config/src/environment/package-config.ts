import { resolve } from "node:path";
import type { z } from "zod";
import type { MirrorConfig, PackageConfig } from "../mirrors/mirror-config.ts";
import type { mirrorsSchema } from "../mirrors/mirror-schema.ts";
import type { Environment } from "./environment.ts";
import { addressesIn, mirrorVariables } from "./mirror-variables.ts";

/** How an image's packages are fetched: the environment's mirrors, then those of image.yaml, then the rest. */
export function packageConfig(
  written: z.output<typeof mirrorsSchema>,
  directory: string,
  env: Environment,
): PackageConfig {
  const last = addressesIn(env.APT_REWRITE_MIRRORS);
  const ofVariables = new Map<string, string[]>();
  for (const [name, { archive }] of Object.entries(mirrorVariables)) {
    if (archive === undefined) continue;
    const known = ofVariables.get(archive) ?? [];
    ofVariables.set(archive, [...known, ...addressesIn(env[name])]);
  }
  const names = new Set([
    ...ofVariables.keys(),
    ...Object.keys(written),
    ...last.map(archiveOfAddress),
  ]);
  const mirrors = [...names].map((archive): MirrorConfig => {
    const { candidates = [], addresses = [], direct, keyring, snapshot } = written[archive] ?? {};
    const first = ofVariables.get(archive) ?? [];
    const further = last.filter((address) => archiveOfAddress(address) === archive);
    return {
      archive,
      candidates: [...new Set([...first, ...candidates, ...further])],
      addresses,
      ...(direct === undefined ? {} : { direct }),
      ...(keyring === undefined ? {} : { keyring: resolve(directory, keyring) }),
      ...(snapshot === undefined ? {} : { snapshot }),
    };
  });
  const { APT_RETRIES: retries, APT_TIMEOUT: timeout } = env;
  return {
    mirrors: mirrors.filter(
      ({ archive, candidates }) => candidates.length > 0 || written[archive] !== undefined,
    ),
    ...(retries ? { retries: Number(retries) } : {}),
    ...(timeout ? { timeoutMs: Number(timeout) * 1000 } : {}),
    ...optionLines(env.APT_OPTS ?? ""),
  };
}

/** The archive that an address is of, by the names that archives have by custom. */
export function archiveOfAddress(address: string): string {
  const { hostname, pathname } = new URL(address);
  const path = pathname.replace(/\/+$/, "");
  if (path.endsWith("/raspbian")) return "raspbian";
  if (hostname.startsWith("archive.raspberrypi.")) return "raspberrypi";
  return path.endsWith("-security") || hostname.startsWith("security.")
    ? "debian-security"
    : "debian";
}

/** Options of apt-get as lines of apt.conf(5): those about fetching, and those that change what is installed. */
function optionLines(options: string): Pick<PackageConfig, "aptOptions" | "otherAptOptions"> {
  const found = [...options.matchAll(/(?:^|\s)-o\s*([\w:-]+)=(\S*)/g)].map(
    ([, name, value]) => `${name} "${value}";`,
  );
  const words = options.split(/\s+/);
  const isAcquire = (line: string) => /^Acquire::/i.test(line);
  return {
    aptOptions: found.filter(isAcquire),
    otherAptOptions: [
      ...found.filter((line) => !isAcquire(line)),
      ...(words.includes("--no-install-recommends") ? ['APT::Install-Recommends "false";'] : []),
      ...(words.some((word) => /^(?:--fix-missing|-m)$/.test(word))
        ? ['APT::Get::Fix-Missing "true";']
        : []),
    ],
  };
}
