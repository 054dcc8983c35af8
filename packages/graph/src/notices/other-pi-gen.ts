import { pinFileName } from "@pibuild/config";
import type { Notice } from "@pibuild/core";
import type { UsedPiGen } from "../open/used-pi-gen.ts";

/** A notice where PIGEN_DIR is not what the pin says. */
export function otherPiGen(used: UsedPiGen | undefined): Notice[] {
  if (used?.instead === undefined) return [];
  const { commit, changed, instead } = used;
  const own = changed ? " with changes of its own" : "";
  const at = commit === "" ? "is no git checkout" : `is at commit ${commit.slice(0, 12)}${own}`;
  return [
    {
      message: `PIGEN_DIR ${at}, and \`${pinFileName}\` pins \`${instead.tag}\` (${instead.commit.slice(0, 12)})`,
      hint: "unset PIGEN_DIR to build with the pinned one",
    },
  ];
}
