import { type ActionKind, actionOrder } from "./action.ts";

/** `other`: a script for the image, or one that another sources. */
export type TextKind = ActionKind | "series" | "other";

/** What pi-gen takes a file for, by the names from its stage down. */
export function textKind([first = "", second, third, ...deeper]: readonly string[]): TextKind {
  if (second === undefined) return first === "prerun.sh" ? "prerun" : "other";
  const suffix = /^[0-9]{2}-(.+)$/.exec(second)?.[1];
  const action = actionOrder.find((row) => row.suffix === suffix);
  if (action === undefined || deeper.length > 0) return "other";
  if (action.kind === "patches") return third === "series" ? "series" : "other";
  return third === undefined ? action.kind : "other";
}
