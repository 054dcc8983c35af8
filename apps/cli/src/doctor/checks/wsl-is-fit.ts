import { type Check, type CheckContext, type CheckResult, worst } from "../check.ts";

const boot =
  "add the lines `[boot]` and `systemd=true` to /etc/wsl.conf, then `wsl.exe --shutdown`";

/** The Windows Subsystem for Linux: its version, systemd, and where the workspace lies. */
export const wslIsFit: Check = {
  name: "wsl",
  asks: "On the Windows Subsystem for Linux: its version, whether systemd runs, and whether the workspace lies on a drive of Windows",
  warns:
    "systemd does not run, so that handlers for arm64 programs are gone after each restart; or the workspace is on `/mnt/c` or its like, which is slow and loses modes",
  fails: "it is version 1, which has no Linux kernel",
  mended:
    "`wsl.exe --set-version <distribution> 2`; `[boot]` and `systemd=true` in `/etc/wsl.conf`; a workspace below the home directory",
  mends: false,
  on: "linux",
  async examine(context) {
    const wsl = await context.host.wsl();
    if (wsl === undefined) return undefined;
    if (wsl.version === 1) {
      const fix = `in PowerShell: wsl.exe --set-version ${context.env.WSL_DISTRO_NAME ?? "<distribution>"} 2`;
      return { status: "fail", detail: "version 1, which can mount nothing", fix };
    }
    const systemd: CheckResult = wsl.systemd
      ? { status: "ok", detail: "version 2 with systemd" }
      : { status: "warn", detail: "version 2 without systemd", fix: boot };
    return worst([systemd, ...(await driveFinding(context))]);
  },
};

async function driveFinding({ host, workspace }: CheckContext): Promise<CheckResult[]> {
  const { type = "" } = await host.volume(workspace);
  const onDrive = ["9p", "drvfs"].includes(type) || /^\/mnt\/[a-z](?:\/|$)/.test(workspace);
  if (!onDrive) return [];
  const detail = `${workspace} is on a drive of Windows: slow, and modes are lost`;
  return [{ status: "warn", detail, fix: `move the workspace into Linux: git clone it below ~` }];
}
