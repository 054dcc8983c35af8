import { join } from "node:path";
import { expect } from "vitest";
import { findMarked } from "../src/allocation/mark-allocated.ts";
import { fillAllocated, markAllocated } from "../src/index.ts";
import { createLayerRig, type LayerRig, layering } from "./rig.ts";

const MiB = 1024 * 1024;

/** The marked files of the whole chain, after a further step. */
async function marks(rig: LayerRig, script: string): Promise<string[]> {
  await rig.layer(script, (changes) => markAllocated(rig.exec, changes, rig.stack));
  const view = await rig.view();
  const marked = await findMarked(rig.exec, view);
  await rig.exec.run({ program: "umount", args: [view] });
  return marked.map((path) => path.toString().slice(view.length + 1)).sort();
}

layering("files without holes are marked where they have zeros, also by other names", async () => {
  await using rig = await createLayerRig();
  const script = `
    fallocate -l 1M swap; head -c 300000 /dev/zero >zeros; fallocate -l 8192 small; ln swap link
    truncate -s 1M sparse; truncate -s 1M ends; echo end >>ends; head -c 1M /dev/urandom >random; : >empty
    cat random zeros >mixed; mkdir -p var/log; fallocate -l 1M var/log/lastlog; fallocate -l 100 tiny
    fallocate -l 1M $'caf\\351'`;
  const found = await marks(rig, script);
  expect(found).toEqual(["caf\ufffd", "link", "mixed", "small", "swap", "zeros"]);
});

layering("a later step's changes change the marks, and a copy-up changes none", async () => {
  await using rig = await createLayerRig();
  const first = `truncate -s 1M s t u v
    for f in a b c d e; do fallocate -l 1M $f; done; head -c 1M /dev/urandom >grows`;
  expect(await marks(rig, first)).toEqual(["a", "b", "c", "d", "e"]);
  // Copied up, moved, cut, overwritten, replaced; and sparse ones: copied up, replaced, deleted.
  const second = `chmod 600 a; mv b moved; : >c; head -c 1M /dev/urandom >d
    rm e; truncate -s 1M e; chmod 600 s; rm t; fallocate -l 1M t; rm u; fallocate -l 2M grows`;
  expect(await marks(rig, second)).toEqual(["a", "grows", "moved", "t"]);
});

layering("a copied tree gets the blocks, and loses the marks", async () => {
  await using rig = await createLayerRig();
  await marks(rig, "fallocate -l 1M swap; echo x >text");
  const view = await rig.view();
  const copy = join(rig.path, "copy");
  await rig.exec.run({ program: "cp", args: ["--archive", "--sparse=always", view, copy] });
  await fillAllocated(rig.exec, copy);
  expect(await findMarked(rig.exec, copy)).toEqual([]);
  await rig.run(`[ "$(stat -c %b swap)" -ge ${MiB / 512} ]`, copy);
});
