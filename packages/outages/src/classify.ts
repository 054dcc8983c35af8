import { type ErrorCode, PibuildError } from "@pibuild/core";
import type { Component } from "./outage.ts";

/** Why a build failed, where that lies outside of it. */
export interface Cause {
  readonly component: Component;
  /** The word for it in a file's name. */
  readonly slug: string;
  readonly rootCause: string;
  /** What to do about it. */
  readonly remedy: string | undefined;
  readonly code: ErrorCode;
}

/** The codes whose cause is not the build's own: one row makes it an outage. */
const rows: Partial<Record<ErrorCode, Pick<Cause, "component" | "slug">>> = {
  MIRROR_UNREACHABLE: { component: "mirror", slug: "mirror-did-not-deliver" },
  SERVER_UNREACHABLE: { component: "server", slug: "server-unreachable" },
  PIGEN_UNREACHABLE: { component: "git", slug: "pi-gen-unreachable" },
  PIGEN_TAG_MISSING: { component: "git", slug: "pi-gen-tag-missing" },
  PIGEN_TAG_MOVED: { component: "git", slug: "pi-gen-tag-moved" },
  CONTAINER_IMAGE_MISSING: { component: "registry", slug: "container-image-missing" },
  CONTAINER_IMAGE_FAILED: { component: "registry", slug: "container-image-failed" },
  ENV_ENGINE_UNREACHABLE: { component: "container", slug: "engine-unreachable" },
  CONTAINER_LOST: { component: "container", slug: "container-lost" },
  ENV_DISK_FULL: { component: "disk", slug: "disk-full" },
  STORE_UNUSABLE: { component: "disk", slug: "store-unusable" },
  ENV_BINFMT_MISSING: { component: "binfmt", slug: "binfmt-missing" },
  ENV_BINFMT_REFUSED: { component: "binfmt", slug: "binfmt-refused" },
  ENV_QEMU_MISSING: { component: "binfmt", slug: "qemu-missing" },
  BUILD_TIMEOUT: { component: "time", slug: "build-timeout" },
};

/** The cause of an error outside of the build: its own, or that of the error behind it. */
export function classify(error: unknown): Cause | undefined {
  if (!(error instanceof Error)) return undefined;
  if (!(error instanceof PibuildError)) return classify(error.cause);
  const { message, hint, code } = error as PibuildError;
  const row = rows[code];
  if (row === undefined) return classify(error.cause);
  return { ...row, rootCause: message, remedy: hint, code };
}
