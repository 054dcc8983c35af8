import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRig, type Rig } from "./rig.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** A rig in which Nx runs with pibuild's plugin, so that `pibuild build` works in it. */
export async function createNxRig(): Promise<Rig> {
  const rig = await createRig();
  const nx = { analytics: false, neverConnectToCloud: true, plugins: ["@pibuild/nx/plugin"] };
  await rig.write({ "nx.json": JSON.stringify(nx), "package.json": "{}" });
  await mkdir(join(rig.path, "node_modules"), { recursive: true });
  for (const name of ["nx", "@pibuild", ".bin"]) {
    await symlink(join(repository, "node_modules", name), join(rig.path, "node_modules", name));
  }
  return rig;
}
