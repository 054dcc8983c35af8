import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativePrograms } from "@pibuild/binfmt";
import { findProgram } from "@pibuild/core";
import { findRedirection, twinChoice, writeInterpreter } from "@pibuild/pigen-runner";
import { isRoot } from "../privilege/re-exec.ts";
import type { Finding } from "./check.ts";
import type { CheckContext } from "./checks.ts";

const ways = {
  private: "programs are redirected, unseen by the rest of this machine",
  shared: "programs are redirected by a handler for the whole machine, while a step runs",
};

/** Whether arm64 programs run as their twins here, and how. Never a failure: emulation is right too. */
export async function checkTwin({ exec, env }: CheckContext): Promise<Finding> {
  const check = "twin";
  const choice = twinChoice(env);
  if (process.arch === "arm64") return { check, status: "ok", detail: "not needed on arm64" };
  if (choice === "off") return { check, status: "ok", detail: "switched off by PIBUILD_TWIN" };
  const native = nativePrograms();
  if (native === undefined) {
    const detail = "its programs were not built, so everything is emulated";
    return { check, status: "warn", detail, fix: "apt-get install musl-tools && pnpm build" };
  }
  if (!isRoot() || findProgram("qemu-aarch64-static") === undefined)
    return { check, status: "ok", detail: "its programs are there; only root can try them" };
  const directory = await mkdtemp(join(tmpdir(), "pibuild-doctor-"));
  try {
    const interpreter = join(directory, "redirect");
    await writeInterpreter(native, interpreter);
    const found = await findRedirection(exec, choice, native, interpreter);
    return "why" in found
      ? { check, status: "warn", detail: `everything is emulated: ${found.why}` }
      : { check, status: "ok", detail: ways[found.kind] };
  } finally {
    await rm(directory, { recursive: true });
  }
}
