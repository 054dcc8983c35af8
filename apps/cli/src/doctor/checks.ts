import type { Check } from "./check.ts";
import { clockIsRight } from "./checks/clock-is-right.ts";
import { dockerAnswers } from "./checks/docker-answers.ts";
import { imagesAreReadable } from "./checks/images-are-readable.ts";
import { inodesAreLeft } from "./checks/inodes-are-left.ts";
import { kernelCanMount } from "./checks/kernel-can-mount.ts";
import { linuxOnWindows } from "./checks/linux-on-windows.ts";
import { machineIsBigEnough } from "./checks/machine-is-big-enough.ts";
import { mayBecomeRoot } from "./checks/may-become-root.ts";
import { mirrorsAnswer } from "./checks/mirrors-answer.ts";
import { namespacesAreAllowed } from "./checks/namespaces-are-allowed.ts";
import { pagesAreSmall } from "./checks/pages-are-small.ts";
import { piGenProgramsAreThere } from "./checks/pi-gen-programs-are-there.ts";
import { pinIsValid } from "./checks/pin-is-valid.ts";
import { podmanAnswers } from "./checks/podman-answers.ts";
import { programsAreThere } from "./checks/programs-are-there.ts";
import { runsArm64 } from "./checks/runs-arm64.ts";
import { spaceIsLeft } from "./checks/space-is-left.ts";
import { storeHoldsOverlays } from "./checks/store-holds-overlays.ts";
import { twinWorks } from "./checks/twin-works.ts";
import { wslIsFit } from "./checks/wsl-is-fit.ts";

/** Every check of `pibuild doctor`, in the order in which they are shown and mended. */
export const checks: readonly Check[] = [
  imagesAreReadable,
  linuxOnWindows,
  wslIsFit,
  machineIsBigEnough,
  pagesAreSmall,
  mayBecomeRoot,
  namespacesAreAllowed,
  programsAreThere,
  runsArm64,
  twinWorks,
  kernelCanMount,
  storeHoldsOverlays,
  spaceIsLeft,
  inodesAreLeft,
  clockIsRight,
  mirrorsAnswer,
  pinIsValid,
  piGenProgramsAreThere,
  dockerAnswers,
  podmanAnswers,
];
