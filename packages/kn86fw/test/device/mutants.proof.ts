import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { createRig } from "../rig.ts";
import { mutants } from "./mutants.ts";
import { unnoticed } from "./try-mutants.ts";

needs("strace")(
  "every mutant of the updater is caught",
  async () => {
    await using rig = await createRig();
    expect(await unnoticed(rig, mutants)).toEqual([]);
  },
  20 * 60_000,
);
