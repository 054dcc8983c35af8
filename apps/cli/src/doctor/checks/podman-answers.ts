import type { Check } from "../check.ts";
import { type EngineWords, examineEngine, examineUnasked } from "../containers.ts";
import { smallWords } from "../small-machine.ts";

const stopped = "podman machine stop; podman machine set";

const words: EngineWords = {
  label: "Podman Desktop",
  install: "install Podman or Docker Desktop",
  rootful: `${stopped} --rootful; podman machine start`,
  start: () => "podman machine start",
  enlarge: () => `${stopped} --cpus 4 --memory 8192; podman machine start`,
};

/** Whether Podman can run steps, and in how large a machine; on Linux only whether it is there. */
export const podmanAnswers: Check = {
  name: "podman",
  asks: "Whether Podman is installed; on macOS and Windows whether it answers and runs as root, and how large its virtual machine is",
  warns: `it is installed but does not answer; its virtual machine has ${smallWords}; it is rootless, and steps need it`,
  fails: "on macOS and Windows: neither Podman nor Docker answers. On Linux neither is needed",
  mended: "`podman machine set --rootful --cpus 4 --memory 8192` while it is stopped",
  mends: false,
  on: "anywhere",
  examine: (context) =>
    context.host.platform === "linux"
      ? examineUnasked(context)
      : examineEngine(context, "podman", "docker", words),
};
