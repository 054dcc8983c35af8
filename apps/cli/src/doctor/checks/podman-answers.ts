import type { Check } from "../check.ts";
import { type EngineWords, examineEngine } from "../containers.ts";
import { smallWords } from "../small-machine.ts";

const stopped = "podman machine stop; podman machine set";

const words: EngineWords = {
  label: "Podman Desktop",
  install: "install Podman or Docker Desktop",
  rootful: `${stopped} --rootful; podman machine start`,
  start: ({ platform }) =>
    platform === "linux" ? "podman info   (says what is wrong)" : "podman machine start",
  enlarge: () => `${stopped} --cpus 4 --memory 8192; podman machine start`,
};

/** Whether Podman can run steps, and in how large a machine. */
export const podmanAnswers: Check = {
  name: "podman",
  asks: "Whether Podman is installed, answers and runs as root, and how large its virtual machine is",
  warns: `it is installed and does not answer; its virtual machine has ${smallWords}; it is rootless where steps need it`,
  fails: "on macOS and Windows: neither it nor Docker answers. Linux needs neither",
  mended: "`podman machine set --rootful --cpus 4 --memory 8192` while it is stopped",
  mends: false,
  on: "anywhere",
  examine: (context) => examineEngine(context, "podman", "docker", words),
};
