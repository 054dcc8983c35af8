import { expect } from "vitest";
import { createLayerRig, layering } from "./rig.ts";
import { dumpTree } from "./tree-dump.ts";

const base = "mkdir far; echo text > a; ln a b; ln a far/c; touch -d @1000000000 a far";

/** What is linked to `a` after a step, and which names have the content of `a`. */
async function after(script: string): Promise<{ links: readonly string[]; same: string[] }> {
  await using rig = await createLayerRig();
  await rig.layer(base);
  await rig.layer(script);
  const tree = await dumpTree(rig.exec, await rig.view());
  const same = Object.keys(tree).filter(
    (name) => tree[name]?.content !== undefined && tree[name].content === tree.a?.content,
  );
  return { links: tree.a?.links ?? [], same };
}

const together = { links: ["b", "far/c"], same: ["a", "b", "far/c"] };

layering("a change in place shows under every name", async () => {
  for (const script of [
    ...["echo more >> a", "echo new > far/c", "cat a; echo more >> a; cat a b", "cp /dev/null b"],
    ...["chmod 600 b", "chown 1 far/c", "setcap cap_chown+ep a", "setfattr -n user.x -v 1 b"],
    ...["touch -m a", "ln a d; rm d; chmod 600 a"],
  ]) {
    expect(await after(script), script).toEqual(together);
  }
});

layering("a change of all names keeps them together", async () => {
  expect(await after("chmod -R u+x . ; chown -R 1:1 .")).toEqual(together);
});

layering("a new file in the place of one name leaves the others alone", async () => {
  for (const script of [
    ...["echo new > tmp; mv tmp a", "sed -i s/text/new/ a", "rm a; echo new > a"],
    ...["cp -p a tmp; echo new > tmp; mv tmp a; touch a", "cp --remove-destination /dev/null a"],
  ]) {
    const { links, same } = await after(script);
    expect({ links, same }, script).toEqual({ links: [], same: ["a"] });
  }
});

layering(
  "names with different content stay apart, the rest goes with the last change",
  async () => {
    expect(await after("echo two >> b; sleep 0.1; echo one >> a")).toEqual({
      links: ["far/c"],
      same: ["a", "far/c"],
    });
  },
);

layering(
  "files of layers below that a step links to each other are one file of its layer",
  async () => {
    await using rig = await createLayerRig();
    await rig.layer("mkdir doc; for name in one two three; do echo same >doc/$name; done");
    // What hardlink(1) does: names of other files become names of one that was copied up.
    await rig.layer("touch doc/one; ln -f doc/one doc/two; ln -f doc/one doc/three");
    const tree = await dumpTree(rig.exec, await rig.view());
    expect(tree["doc/one"]?.links).toEqual(["doc/three", "doc/two"]);
  },
);
