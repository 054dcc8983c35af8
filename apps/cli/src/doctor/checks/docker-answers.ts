import type { Host } from "../../host/host.ts";
import type { Check } from "../check.ts";
import { type EngineWords, examineEngine } from "../containers.ts";
import { smallWords } from "../small-machine.ts";

const words: EngineWords = {
  label: "Docker Desktop",
  install: "install Docker Desktop or Podman",
  rootful: "docker context use default   (a daemon that runs as root)",
  start({ platform }, why) {
    if (/permission denied/i.test(why))
      return 'sudo usermod -aG docker "$USER"   (then log in again)';
    return platform === "linux" ? "sudo systemctl start docker" : "start Docker Desktop";
  },
  enlarge,
};

/** Where Docker Desktop's own settings decide, and where Windows does. */
function enlarge({ platform }: Host): string {
  return platform === "win32"
    ? "in %UserProfile%\\.wslconfig below [wsl2]: processors=4 and memory=8GB, then wsl.exe --shutdown"
    : "Docker Desktop > Settings > Resources > Advanced: 4 CPUs and 8 GB";
}

/** Whether Docker can run steps, and in how large a machine. */
export const dockerAnswers: Check = {
  name: "docker",
  asks: "Whether Docker is installed, answers and runs as root, and how large Docker Desktop's virtual machine is",
  warns: `it is installed but does not answer; its virtual machine has ${smallWords}; it is rootless, and steps need it`,
  fails: "on macOS and Windows: neither Docker nor Podman answers. On Linux neither is needed",
  mended: "Docker Desktop > Settings > Resources > Advanced; with WSL `%UserProfile%\\.wslconfig`",
  mends: false,
  on: "anywhere",
  examine: (context) => examineEngine(context, "docker", "podman", words),
};
