import { join } from "node:path";
import { PibuildError } from "@pibuild/core";
import { type CollectOptions, describeFault, NobodyDelivers } from "@pibuild/mirrors";
import type { OpenImage } from "../open/open-image.ts";

/** How the files of an image's lock are had: its archives with their mirrors, and where packages are kept. */
export function lockFetching({ context }: Pick<OpenImage, "context">): CollectOptions {
  const { packages, logins, release, arch } = context.spec;
  const { directories, exec } = context;
  return {
    ...{ archives: [], ...packages, logins, exec },
    directory: directories.packageStore,
    cache: join(directories.packages, `${release}-${arch}`),
  };
}

/** What some work gives that fetches for a lock. Throws MIRROR_UNREACHABLE where no mirror delivers. */
export async function fetched<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof NobodyDelivers)) throw error;
    const { archive, path, faults } = error;
    const said = faults.map((fault) => `${fault.candidate} ${describeFault(fault)}`);
    const detail = [`no mirror delivers ${path}`, ...said].join("; ");
    throw new PibuildError("MIRROR_UNREACHABLE", { url: archive, detail }, { cause: error });
  }
}
