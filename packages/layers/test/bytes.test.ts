import { readdir } from "node:fs/promises";
import { expect } from "vitest";
import { createLayerRig, layering } from "./rig.ts";

const latin = (names: readonly Buffer[]) => names.map((name) => name.toString("latin1")).sort();

layering(
  "names and targets of links that are not UTF-8 go through layers as they are",
  async () => {
    await using rig = await createLayerRig();
    await rig.layer(`
    mkdir -p $'d\\351/sub' var/log gone$'\\351'
    echo one >$'d\\351/a'; ln $'d\\351/a' $'d\\351/b\\377'
    ln -s $'to\\351' $'link\\351'; echo log >var/log/$'l\\351.log'
    echo line >$'new\\nline\\351'; setfattr -n user.x -v $'\\351' $'d\\351/a'
  `);
    await rig.layer(`
    echo two >>$'d\\351/a'; rm -r gone$'\\351'; rm -r $'d\\351/sub'; mkdir $'d\\351/sub'; mv $'new\\nline\\351' moved
  `);
    const view = await rig.view();
    expect(latin(await readdir(view, { encoding: "buffer" }))).toEqual([
      ...["d\xe9", "link\xe9", "moved", "var"],
    ]);
    await rig.run(
      `[ "$(cat $'d\\351/b\\377')" = $'one\\ntwo' ]; [ $'d\\351/a' -ef $'d\\351/b\\377' ]
     [ "$(readlink $'link\\351')" = $'to\\351' ]; [ ! -s var/log/$'l\\351.log' ]
     getfattr --only-values -n user.x $'d\\351/b\\377' | cmp - <(printf '\\351')`,
      view,
    );
  },
);
