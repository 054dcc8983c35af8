import { join } from "node:path";
import { expect } from "vitest";
import { dropIdleOpaque } from "../src/index.ts";
import { createLayerRig, layering } from "./rig.ts";

const list =
  "cd \"$0\" && getfattr -R -P -h -m '^trusted.overlay.opaque$' . | sed -n 's/^# file: //p'";

layering(
  "the mark of an old kernel on a directory that hides nothing goes, one that hides stays",
  async () => {
    await using rig = await createLayerRig();
    await rig.layer("mkdir -p kept/old gone; touch kept/old/file gone/file other");
    await rig.layer("rm -r gone");
    const changes = {
      rootfs: join(rig.path, "changes/rootfs"),
      work: join(rig.path, "changes/work"),
    };
    await rig.run(
      "mkdir -p changes/work changes/rootfs/{new/in,kept/old,gone,other/in}; cd changes/rootfs; for path in new new/in kept/old gone other/in; do setfattr -n trusted.overlay.opaque -v y $path; done",
      rig.path,
    );
    await dropIdleOpaque(rig.exec, changes, rig.stack);
    const { stdout } = await rig.exec.run({ program: "bash", args: ["-c", list, changes.rootfs] });
    expect(stdout.split("\n").sort()).toEqual(["gone", "kept/old"]);
  },
);
