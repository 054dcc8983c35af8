import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadPin, pinFileName } from "@pibuild/config";
import { isPibuildError, PibuildError } from "@pibuild/core";
import { findCheckout, syncCheckout } from "@pibuild/pigen-source";
import { giveBack } from "../../privilege/give-back.ts";
import type { Check, CheckContext, CheckResult } from "../check.ts";
import { imagesWithPiGen, needsPiGen } from "../needed.ts";

/** The pin of pi-gen, and the checkout that it names. */
export const pinIsValid: Check = {
  name: "pi-gen",
  asks: "Whether the [pin](pin.md) of pi-gen is valid, and its checkout is there and unchanged; or whether `PIGEN_DIR` is pi-gen",
  warns:
    "it is not valid, but no image needs it; or it was not fetched, and only some of the images need it (they are named)",
  fails:
    "it is missing, not valid or changed, and an image needs it; or it was not fetched, and all of the images need it. With `--runner upstream`, every image needs it",
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
      return problem(context, error);
    }
  },
};

function problem(context: CheckContext, error: PibuildError): CheckResult {
  const { needed } = context;
  const wanted = needsPiGen(needed);
  const needing = imagesWithPiGen(needed);
  const by = needing.length === 0 ? "" : `; needed by ${needing.join(", ")}`;
  if (isPibuildError(error, "PIGEN_MISSING")) {
    const { tag } = error.data;
    if (!wanted) return { status: "ok", detail: `${tag}, not fetched; no image needs it` };
    // The others can be built without it.
    const some = !needed.upstream && needing.length < needed.images.length;
    return {
      status: some ? "warn" : "fail",
      detail: `${tag} has not been fetched${by}`,
      fix: "pibuild sync",
      mend: () => fetch(context),
    };
  }
  return {
    status: wanted ? "fail" : "warn",
    detail: `${error.message}${by}`,
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
