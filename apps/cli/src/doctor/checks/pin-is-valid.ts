import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadPin, pinFileName } from "@pibuild/config";
import { isPibuildError, PibuildError } from "@pibuild/core";
import { findCheckout, syncCheckout } from "@pibuild/pigen-runner";
import { giveBack } from "../../privilege/give-back.ts";
import type { Check, CheckContext, Finding } from "../check.ts";
import { needsPiGen } from "../needed.ts";

/** The pin of pi-gen, and the checkout that it names. */
export const pinIsValid: Check = {
  name: "pi-gen",
  asks: "Whether the [pin](pin.md) of pi-gen is valid, and its checkout is here as it was fetched; or `PIGEN_DIR`",
  warns: "it is not valid, and no image needs it",
  fails:
    "it is missing, not valid, not fetched or was changed, and an image has stages of pi-gen, or `--runner upstream` is asked",
  mended: "`pibuild sync` fetches what is missing",
  mends: true,
  on: "anywhere",
  async examine(context) {
    const { exec, env, workspace, needed } = context;
    const file = join(workspace, pinFileName);
    const wanted = needsPiGen(needed);
    if (!wanted && !env.PIGEN_DIR && !existsSync(file)) {
      return { status: "ok", detail: "not pinned; no image needs it" };
    }
    try {
      const { path, commit } = await findCheckout(workspace, () => loadPin(file), { exec, env });
      const detail = commit === undefined ? `PIGEN_DIR: ${path}` : (await loadPin(file)).tag;
      return { status: "ok", detail };
    } catch (error) {
      if (!(error instanceof PibuildError)) throw error;
      return problem(context, error, wanted);
    }
  },
};

function problem(context: CheckContext, error: PibuildError, wanted: boolean): Finding {
  if (isPibuildError(error, "PIGEN_MISSING")) {
    const { tag } = error.data;
    if (!wanted) return { status: "ok", detail: `${tag}, not fetched; no image needs it` };
    const detail = `${tag} has not been fetched`;
    return { status: "fail", detail, fix: "pibuild sync", mend: () => fetch(context) };
  }
  return {
    status: wanted ? "fail" : "warn",
    detail: error.message,
    ...(error.hint ? { fix: error.hint } : {}),
  };
}

async function fetch({ workspace, exec, env, message }: CheckContext): Promise<void> {
  const pin = await loadPin(join(workspace, pinFileName));
  message(`fetching pi-gen ${pin.tag}`);
  try {
    await syncCheckout(workspace, pin, { exec, env });
  } finally {
    await giveBack(env, [join(workspace, ".pibuild")]);
  }
}
