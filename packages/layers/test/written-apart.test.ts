import { join } from "node:path";
import { expect } from "vitest";
import { findWrittenApart, joinNames, mountOverlay, type SharedNames } from "../src/index.ts";
import { createLayerRig, type LayerRig, layering } from "./rig.ts";

const base = "mkdir far; echo text >a; ln a b; ln a far/c; touch -d @1000000000 a far";

/** An overlay over the chain; gives the merged tree and its upper directory. */
async function mounted(rig: LayerRig) {
  const merged = join(rig.path, "merged");
  await mountOverlay(rig.exec, {
    cwd: rig.stack.directory,
    lowers: [...rig.stack.lowers("rootfs"), "empty"],
    target: merged,
    changes: { upper: "upper", scratch: "scratch" },
  });
  return { merged, upper: join(rig.stack.directory, "upper") };
}

/** The files that come apart in a step, by their names. */
async function apart(script: string): Promise<string[][]> {
  await using rig = await createLayerRig();
  await rig.layer(base);
  const { merged, upper } = await mounted(rig);
  await rig.run(script, merged);
  const found: readonly SharedNames[] = await findWrittenApart(rig.exec, upper, rig.stack);
  return found.map((names) => names.map(String).sort());
}

layering(
  "a file that a step changed under several names came apart, whatever it changed",
  async () => {
    for (const script of [
      ...[
        "echo one >>a; echo two >>b",
        "echo same >>a; echo same >>far/c",
        "chmod 600 a; chown 1 b",
      ],
      ...["setfattr -n user.x -v 1 a; setfattr -n user.y -v 1 b", "echo one >>a; chmod 600 b"],
    ]) {
      expect(await apart(script), script).toEqual([["/a", "/b", "/far/c"]]);
    }
  },
);

layering("a file that was changed as one, or replaced, did not", async () => {
  for (const script of [
    ...["echo one >>a", "chmod -R u+x .; chown -R 1:1 .", "rm a; echo new >a; echo two >>b"],
    ...["sed -i s/text/new/ a b far/c", "cat a b", "rm a b"],
  ]) {
    expect(await apart(script), script).toEqual([]);
  }
});

layering("names that were joined before show what is written to any of them", async () => {
  await using rig = await createLayerRig();
  await rig.layer(base);
  const { merged, upper } = await mounted(rig);
  await joinNames([["/a", "/b", "/far/c", "/gone"].map((name) => Buffer.from(name))], merged);
  await rig.run(
    `[ "$(stat -c %Y far)" = 1000000000 ]; [ "$(stat -c '%h %Y' a)" = "3 1000000000" ]
     echo one >>a; echo two >>b; [ "$(cat far/c)" = $'text\\none\\ntwo' ]`,
    merged,
  );
  expect(await findWrittenApart(rig.exec, upper, rig.stack)).toEqual([]);
});
