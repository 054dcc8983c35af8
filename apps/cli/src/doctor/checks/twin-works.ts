import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativePrograms } from "@pibuild/binfmt";
import { findProgram } from "@pibuild/core";
import { findRedirection, twinChoice, writeInterpreter } from "@pibuild/twin";
import type { Check, CheckContext, CheckResult } from "../check.ts";

const ways = {
  private: "programs are redirected, unseen by the rest of this machine",
  shared: "programs are redirected by a handler for the whole machine, while a step runs",
};

/** Whether arm64 programs run as their twins here, and how. Never a failure: emulation is right too. */
export const twinWorks: Check = {
  name: "twin",
  asks: "Whether arm64 programs run as their [twins](twin.md), and how",
  warns: "they do not, so everything is emulated: slower, with the same result",
  fails: "",
  mended: "`apt-get install musl-tools && pnpm build` where its programs were not built",
  mends: false,
  on: "linux",
  examine: examineTwin,
};

async function examineTwin({ exec, env, host }: CheckContext): Promise<CheckResult> {
  const choice = twinChoice(env);
  if (host.arch === "arm64") return { status: "ok", detail: "not needed on arm64" };
  if (choice === "off") return { status: "ok", detail: "switched off by PIBUILD_TWIN" };
  const native = nativePrograms();
  if (native === undefined) {
    const detail = "its programs were not built, so everything is emulated";
    return { status: "warn", detail, fix: "apt-get install musl-tools && pnpm build" };
  }
  if (!host.root || findProgram("qemu-aarch64-static") === undefined)
    return { status: "ok", detail: "its programs are there; only root can try them" };
  const directory = await mkdtemp(join(tmpdir(), "pibuild-doctor-"));
  try {
    const interpreter = join(directory, "redirect");
    await writeInterpreter(native, interpreter);
    const found = await findRedirection(exec, choice, native, interpreter);
    return "why" in found
      ? { status: "warn", detail: `everything is emulated: ${found.why}` }
      : { status: "ok", detail: ways[found.kind] };
  } finally {
    await rm(directory, { recursive: true });
  }
}
