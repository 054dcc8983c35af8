import type { WindowsHost } from "@pibuild/host";
import type { Check } from "../check.ts";

/** Windows: what it has for running Linux programs besides the container engines. */
export const linuxOnWindows: Check = {
  name: "windows",
  asks: "On Windows: which distributions WSL (the Windows Subsystem for Linux) has, and where Git Bash is. Steps run in WSL or in a container",
  warns: "no distribution is WSL version 2, so steps can only run in a container",
  fails: "never",
  mended: "`wsl.exe --install Debian`, or `wsl.exe --set-version <distribution> 2`",
  mends: false,
  on: "anywhere",
  async examine({ host }) {
    const windows = await host.windows();
    if (windows === undefined) return undefined;
    const bash = windows.gitBash === undefined ? "no Git Bash" : `Git Bash: ${windows.gitBash}`;
    const { detail, fix } = describeWsl(windows);
    return {
      status: fix === undefined ? "ok" : "warn",
      detail: `${detail}; ${bash}`,
      ...(fix && { fix }),
    };
  },
};

function describeWsl({ wsl }: WindowsHost): { detail: string; fix?: string } {
  const install = "wsl.exe --install Debian";
  if (wsl.state === "absent") return { detail: "no WSL", fix: install };
  if (wsl.state === "unusable") return { detail: `WSL does not work: ${wsl.detail}`, fix: install };
  const [first] = wsl.distributions;
  if (first === undefined) return { detail: "WSL without a distribution", fix: install };
  const detail = `WSL: ${wsl.distributions.map(({ name, version }) => `${name} (${version})`).join(", ")}`;
  if (wsl.distributions.some(({ version }) => version === 2)) return { detail };
  return { detail, fix: `wsl.exe --set-version ${first.name} 2` };
}
