import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect } from "vitest";
import { openStore } from "../src/index.ts";
import { createLayerRig, layering } from "./rig.ts";
import { entryFor } from "./store-entry.ts";

const directory = fileURLToPath(new URL("..", import.meta.url));
const unshare = ["--mount", "--propagation", "private", "node"];

layering("the README's example mounts a layer that it finds by its inputs", async () => {
  await using rig = await createLayerRig();
  const packed = join(rig.path, "packed");
  await mkdir(join(packed, "rootfs"), { recursive: true });
  await writeFile(join(packed, "rootfs/hello"), "from the layer\n");
  const entry = entryFor(1);
  await openStore(join(rig.path, "store")).put(await rig.pack(packed), entry);
  const within = (example: string) =>
    [
      `const inputs = ${JSON.stringify(entry.inputs)};`,
      example,
      `const { stdout } = await exec.run({ program: "bash", args: ["-c", "cat /mnt/hello; >/mnt/new; ls layers/changes"] });`,
      `console.log(stdout);`,
    ].join("\n");
  const place = { program: "unshare", args: unshare } as const;
  const { stdout } = await runReadmeExample(directory, rig.path, within, place);
  expect(stdout).toBe("from the layer\nnew");
});
