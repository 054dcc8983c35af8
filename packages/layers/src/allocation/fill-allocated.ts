import { statSync } from "node:fs";
import { type Exec, nullEnded } from "@pibuild/core";
import { oneNameEach, removeAttribute } from "../overlay/overlay-attributes.ts";
import { allocatedAttribute, findMarked } from "./mark-allocated.ts";

/** Gives the marked files of a copied tree their blocks, and takes the marks off. */
export async function fillAllocated(exec: Exec, directory: string): Promise<void> {
  const marked = await oneNameEach(await findMarked(exec, directory));
  for (const path of marked) {
    await exec.run({
      program: "xargs",
      args: ["--null", "fallocate", "--keep-size", "--length", String(statSync(path).size)],
      input: nullEnded([path]),
    });
  }
  await removeAttribute(exec, allocatedAttribute, marked);
}
