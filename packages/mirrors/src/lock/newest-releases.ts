import { PibuildError } from "@pibuild/core";
import type { Fetching } from "../fetch/fetch-file.ts";
import { keyringOf } from "../policy/keyring-of.ts";
import { baseArchive } from "../policy/later-archive.ts";
import type { Lock, LockedRelease } from "../policy/lock.ts";
import { Suites } from "../release/suites.ts";
import type { LockFetching } from "./open-fetching.ts";

/**
 * What mirrors have now of the suites of a lock: each the newest release that is there with all its indexes. Where
 * apt will not check who signed it, that is done here: throws USAGE where nobody says whose keys these are, and for
 * what no mirror has; NobodyDelivers.
 */
export async function newestReleases(
  lock: Lock,
  options: LockFetching & { readonly checksSignatures: boolean },
  fetching: Fetching,
): Promise<LockedRelease[]> {
  const { exec } = options;
  const suites = new Suites({ ...fetching, exec, architectures: [lock.architecture] });
  const wanted = new Map(
    lock.releases.map(({ archive, path }) => [`${baseArchive(archive)} ${path}`, path]),
  );
  const found: LockedRelease[] = [];
  for (const [key, path] of wanted) {
    const name = key.slice(0, key.indexOf(" "));
    const archive = options.archives.find((each) => each.name === name);
    if (archive === undefined) {
      const message = `the lock has packages of ${name}, which is no archive of the image`;
      throw new PibuildError("USAGE", { message, hint: "name it in `mirrors:` of image.yaml" });
    }
    const [, root = "", file = ""] = /^(.*?)([^/]+)$/.exec(path) ?? [];
    const keyring = options.checksSignatures ? keyringOf(archive) : archive.keyring;
    const signed = keyring === undefined ? archive : { ...archive, keyring };
    const suite = await suites.release(signed, root, file);
    if (suite === undefined) throw new PibuildError("USAGE", { message: `no mirror has ${path}` });
    await using part = await fetching.store.receive();
    await part.write(Buffer.from(suite.text, "latin1"));
    const { sha256, size } = await part.keep();
    found.push({ archive: name, path, sha256, size });
  }
  return found;
}
