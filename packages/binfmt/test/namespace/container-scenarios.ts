import { containerStatus, registerInContainer, undoBinfmt } from "../../src/index.ts";
import { standInImage } from "../stand-in-image/build-image.ts";
import { failure } from "./observe.ts";
import { privatePodman } from "./private-podman.ts";
import type { Rig } from "./rig.ts";

/** Registering through a container. */
export const containerScenarios = {
  /** What podman registers is the namespace's: both are of one user namespace. */
  async podman(rig: Rig) {
    const { exec, options, path } = rig;
    const why = await privatePodman(exec, path);
    if (why !== undefined) return { why };
    const container = { engine: "podman", image: standInImage } as const;
    const before = await containerStatus(exec, container);
    const registered = await registerInContainer(["arm64"], exec, container);
    const status = await rig.status();
    const exitCode = await rig.run();
    const again = await registerInContainer(["arm64"], exec, container);
    const undone = await undoBinfmt(["arm64", "arm"], exec, options);
    const left = Object.keys(await rig.entries());
    await rig.add("qemu-arm", "/nowhere/qemu", "", "arm");
    const wrong = await failure(() => registerInContainer(["arm"], exec, container));
    const both = { ...container, repair: true };
    const repaired = await registerInContainer(["arm64", "arm"], exec, both);
    const armExitCode = await rig.run("arm");
    const rest = await undoBinfmt(["arm64", "arm"], exec, options);
    const end = Object.keys(await rig.entries());
    return {
      ...{ before, registered, status, exitCode, again, undone, left },
      ...{ wrong, repaired, armExitCode, rest, end },
    };
  },

  /** Without a binfmt_misc outside of it, a container's goes away with it. */
  async rootlessPodman({ exec, path }: Rig) {
    const why = await privatePodman(exec, path);
    if (why !== undefined) return { why };
    const container = { engine: "podman", image: standInImage } as const;
    const forgotten = await failure(() => registerInContainer(["arm64"], exec, container));
    const missing = await failure(() => containerStatus(exec, { image: "localhost/none" }));
    return { forgotten, missing };
  },
};
