import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { checkoutPath, type Pin } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { checkPiGen } from "./check-pi-gen.ts";
import { openGit } from "./git.ts";
import type { Checkout, CheckoutOptions } from "./sync-checkout.ts";
import { verifyCheckout } from "./verify-checkout.ts";

/**
 * The pi-gen that a workspace builds with: the directory that PIGEN_DIR names (a path from the
 * workspace on), as it is, else the pin's checkout, verified. Fetches nothing.
 * Throws PIGEN_MISSING where the pin was not fetched yet, PIGEN_INVALID and PIGEN_MODIFIED.
 */
export async function findCheckout(
  workspace: string,
  readPin: () => Promise<Pin>,
  { exec, env = process.env }: CheckoutOptions,
): Promise<Checkout> {
  if (env.PIGEN_DIR) {
    const path = resolve(workspace, env.PIGEN_DIR);
    await checkPiGen(path, { place: path, namedBy: "PIGEN_DIR" });
    return { path, commit: undefined };
  }
  const pin = await readPin();
  const path = checkoutPath(workspace, pin.commit);
  if (!existsSync(path)) throw new PibuildError("PIGEN_MISSING", { tag: pin.tag, path });
  await verifyCheckout(openGit(exec, env), path, pin.commit);
  return { path, commit: pin.commit };
}
