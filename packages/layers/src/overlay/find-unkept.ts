import { type Exec, pathText } from "@pibuild/core";
import { attributesByName } from "./overlay-attributes.ts";

/** What a layer cannot hold, by the attribute that tells of it. */
const unkept: readonly (readonly [attribute: RegExp, what: string])[] = [
  [/^system\.posix_acl_/, "an access control list"],
  // overlayfs's own note of `chattr +i` and `+a`.
  [/^trusted\.overlay\.protattr$/, "the flag `i` or `a` of chattr"],
];

/** systemd-tmpfiles gives journals their list again at each boot, and /run is empty then. */
const transient = /^\/(?:run|var\/log\/journal)(?:\/|$)/;

/**
 * The first property of a step's changes that a layer would lose and that somebody may count on, in
 * words; undefined where all is kept. `changes` has the overlay's own attributes still in it.
 */
export async function findUnkept(exec: Exec, changes: string): Promise<string | undefined> {
  const { stdout } = await exec.run({
    program: "getfattr",
    args: [
      ...["--recursive", "--physical", "--no-dereference", "--absolute-names"],
      ...["--match", "^(system\\.posix_acl_|trusted\\.overlay\\.protattr$)", changes],
    ],
    bytes: true,
  });
  for (const [attribute, paths] of attributesByName(stdout)) {
    const what = unkept.find(([pattern]) => pattern.test(attribute))?.[1];
    const insides = paths.map((path) => path.subarray(Buffer.byteLength(changes)));
    const inside = insides.find((path) => !transient.test(path.toString("latin1")));
    if (what !== undefined && inside !== undefined) {
      return `\`${pathText(inside) || "/"}\` has ${what}, which a layer does not keep`;
    }
  }
  return undefined;
}
