import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { checkoutPath, checkoutsDirectory, type Pin } from "@pibuild/config";
import { acquireLock, type Emit, type Exec, removeTree, silent } from "@pibuild/core";
import { checkTag } from "./check-tag.ts";
import { fetchCheckout } from "./fetch-checkout.ts";
import { type Git, openGit } from "./git.ts";
import { remoteTags } from "./remote-tags.ts";
import { type PigenSource, pigenSource } from "./source.ts";
import { verifyCheckout } from "./verify-checkout.ts";

export interface CheckoutOptions {
  readonly exec: Exec;
  readonly env?: NodeJS.ProcessEnv;
  readonly emit?: Emit;
}

/** A directory that holds pi-gen and may be built with. */
export interface Checkout {
  readonly path: string;
  /** The pin's commit, which it is, byte for byte; undefined for PIGEN_DIR's, used as it is. */
  readonly commit: string | undefined;
}

export interface SyncedCheckout extends Checkout {
  /** False where it was there already: nothing was asked of the network. */
  readonly fetched: boolean;
}

/**
 * Brings the pin's commit to `.pibuild/pi-gen/<commit>` of the workspace, or verifies what is
 * there. The name appears whole or not at all, also when this process is killed.
 * Throws PIGEN_UNREACHABLE, PIGEN_TAG_MISSING, PIGEN_TAG_MOVED, PIGEN_INVALID, PIGEN_MODIFIED.
 */
export async function syncCheckout(
  workspace: string,
  pin: Pin,
  { exec, env = process.env, emit = silent }: CheckoutOptions,
): Promise<SyncedCheckout> {
  const { commit } = pin;
  const git = openGit(exec, env);
  const path = checkoutPath(workspace, commit);
  const parent = checkoutsDirectory(workspace);
  if (!existsSync(path)) {
    await using _lock = await acquireLock(join(parent, "lock"), {
      onWait: () => emit({ type: "waiting", what: "another run that fetches pi-gen" }),
    });
    // Whoever held the lock may have brought this very commit.
    if (!existsSync(path)) {
      const source = pigenSource(workspace, pin, env);
      await make(git, pin, source, { path, scratch: join(parent, "new"), emit });
      return { path, commit, fetched: true };
    }
  }
  await verifyCheckout(git, path, commit);
  if (!(await hasTag(git, path, pin)))
    await addTag(git, path, pin, pigenSource(workspace, pin, env));
  return { path, commit, fetched: false };
}

/** Whether a checkout was fetched for the pin's own tag. */
async function hasTag(git: Git, checkout: string, { tag, commit }: Pin): Promise<boolean> {
  const { stdout } = await git(["rev-parse", "--quiet", "--verify", `refs/tags/${tag}^{commit}`], {
    checkout,
    allowExit: [1, 128],
  });
  return stdout === commit;
}

/** The commit is here under another tag: the source has to say that this one is the same. */
async function addTag(git: Git, checkout: string, pin: Pin, source: PigenSource): Promise<void> {
  checkTag(pin, source, (await remoteTags(git, source, pin.tag)).get(pin.tag));
  await git(["update-ref", `refs/tags/${pin.tag}`, pin.commit], { checkout });
}

interface MakeOptions {
  readonly path: string;
  readonly scratch: string;
  readonly emit: Emit;
}

async function make(
  git: Git,
  pin: Pin,
  source: PigenSource,
  { path, scratch, emit }: MakeOptions,
): Promise<void> {
  const phase = `fetch pi-gen ${pin.tag} from ${source.named.place}`;
  const started = performance.now();
  emit({ type: "phase-started", phase });
  // The lock is held, so this is what a killed run left.
  await removeTree(scratch);
  try {
    await fetchCheckout(git, pin, source, scratch);
    await rename(scratch, path);
  } finally {
    await removeTree(scratch);
  }
  emit({ type: "phase-finished", phase, durationMs: performance.now() - started });
}
