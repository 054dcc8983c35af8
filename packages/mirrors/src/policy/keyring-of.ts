import { PibuildError } from "@pibuild/core";
import { debianKeyring } from "../in-release.ts";
import type { Archive } from "./archive.ts";

/** The keyring whose keys sign an archive. Throws USAGE where neither the policy nor Debian's names say. */
export function keyringOf({ name, keyring }: Pick<Archive, "name" | "keyring">): string {
  if (keyring !== undefined) return keyring;
  if (/^debian(?:-security)?$/.test(name)) return debianKeyring;
  const message = `nobody says which keys sign ${name}`;
  const hint = `name its keyring in image.yaml: \`mirrors: { ${name}: { keyring: FILE } }\``;
  throw new PibuildError("USAGE", { message, hint });
}
