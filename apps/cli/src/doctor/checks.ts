import { existsSync } from "node:fs";
import { mkdir, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { binfmtStatus, registerBinfmt } from "@pibuild/binfmt";
import { checkoutPath, loadPin, pinFileName } from "@pibuild/config";
import {
  type Exec,
  findProgram,
  formatBytes,
  missingPrograms,
  PibuildError,
  type Purpose,
  programs,
  programsFor,
} from "@pibuild/core";
import { hostDirectories } from "@pibuild/pigen-runner";
import { neededBytes } from "../build/preflight.ts";
import { isRoot } from "../privilege/re-exec.ts";
import type { Finding } from "./check.ts";
import { checkTwin } from "./check-twin.ts";
import { installPackages } from "./install-packages.ts";

export interface CheckContext {
  readonly exec: Exec;
  readonly env: NodeJS.ProcessEnv;
  readonly workspace: string;
  readonly purposes: readonly Purpose[];
  readonly message: (text: string) => void;
}

type Check = (context: CheckContext) => Promise<Finding>;

/** Every check of `pibuild doctor`, in the order in which they are shown and mended. */
export const checks: readonly Check[] = [
  checkRoot,
  checkPrograms,
  checkBinfmt,
  checkTwin,
  checkFilesystems,
  checkSpace,
  checkPin,
];

async function checkRoot(): Promise<Finding> {
  const check = "root";
  if (isRoot()) return { check, status: "ok", detail: "running as root" };
  if (findProgram("sudo") !== undefined) return { check, status: "ok", detail: "sudo is there" };
  return {
    check,
    status: "fail",
    detail: "not root, and no sudo",
    fix: "run as root, or install sudo",
  };
}

async function checkPrograms({ exec, purposes, message }: CheckContext): Promise<Finding> {
  const check = "programs";
  const wanted = [...new Set(purposes.flatMap((purpose) => programsFor(purpose)))];
  const missing = missingPrograms(wanted);
  if (missing.length === 0)
    return { check, status: "ok", detail: `all ${wanted.length} are there` };
  const packages = [...new Set(missing.map((name) => programs[name].debianPackage))].sort();
  return {
    check,
    status: "fail",
    detail: `missing: ${missing.join(", ")}`,
    fix: `apt-get install ${packages.join(" ")}`,
    mend: () => installPackages(exec, packages, message),
  };
}

async function checkBinfmt({ exec }: CheckContext): Promise<Finding> {
  const check = "arm64 programs";
  const { state, detail, fix } = await binfmtStatus("arm64");
  if (state === "native" || state === "usable") return { check, status: "ok", detail };
  return {
    check,
    status: "fail",
    detail,
    fix: fix?.join(" && ") ?? "pibuild doctor --fix",
    mend: () => (isRoot() ? registerBinfmt("arm64", exec).then(() => undefined) : askSudo(exec)),
  };
}

/** Registering is for root; the command line has a task for it. */
async function askSudo(exec: Exec): Promise<void> {
  const task = "registering the handler for arm64 programs";
  if (findProgram("sudo") === undefined) throw new PibuildError("ENV_NEEDS_ROOT", { task });
  const self = [process.execPath, process.argv[1] ?? "", "task", "host", "binfmt"];
  await exec.run({ program: "sudo", args: ["--", ...self], interactive: true });
}

async function checkFilesystems(): Promise<Finding> {
  const check = "kernel";
  const known = await readFile("/proc/filesystems", "utf8");
  const modules = ["overlay", "squashfs"].filter((name) => !known.includes(`\t${name}\n`));
  const loop = await stat("/dev/loop-control").then(
    () => [],
    () => ["loop"],
  );
  const missing = [...modules, ...loop];
  if (missing.length === 0) return { check, status: "ok", detail: "overlay, squashfs and loop" };
  return {
    check,
    status: "warn",
    detail: `not loaded: ${missing.join(", ")} (the kernel may load them on use)`,
    fix: `modprobe -a ${missing.join(" ")}`,
  };
}

async function checkSpace({ env }: CheckContext): Promise<Finding> {
  const check = "disk space";
  const { store } = hostDirectories(env);
  await mkdir(store, { recursive: true });
  const { bavail, bsize } = await statfs(store);
  const free = bavail * bsize;
  const detail = `${formatBytes(free)} free at ${store}`;
  if (free < neededBytes) {
    return {
      check,
      status: "fail",
      detail,
      fix: "free some space, or set PIBUILD_STORE to a larger disk",
    };
  }
  const roomy = 10 * 1024 ** 3;
  return { check, status: free < roomy ? "warn" : "ok", detail };
}

async function checkPin({ workspace }: CheckContext): Promise<Finding> {
  const check = "pi-gen pin";
  try {
    const pin = await loadPin(join(workspace, pinFileName));
    const fetched = existsSync(checkoutPath(workspace, pin.commit));
    return { check, status: "ok", detail: `${pin.tag}, ${fetched ? "" : "not "}fetched` };
  } catch (error) {
    if (!(error instanceof PibuildError)) throw error;
    return {
      check,
      status: "warn",
      detail: error.message,
      ...(error.hint ? { fix: error.hint } : {}),
    };
  }
}
