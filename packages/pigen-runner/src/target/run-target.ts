import { mkdir } from "node:fs/promises";
import { programsFor, requirePrograms, sweep } from "@pibuild/core";
import type { OpenImage } from "../open/open-image.ts";
import { prepareNamespace } from "../run/prepare-namespace.ts";
import { runArtifacts } from "./run-artifacts.ts";
import { runDisk } from "./run-disk.ts";
import { runStage } from "./run-stage.ts";

/**
 * Brings one target of an image up to date. Stages and `disk` must run as root in a mount
 * namespace of their own.
 */
export async function runTarget(open: OpenImage, target: string): Promise<void> {
  const { context } = open;
  if (target === "artifacts") return runArtifacts(open);
  requirePrograms([...programsFor("steps"), ...programsFor("disk")]);
  await mkdir(context.directories.runs, { recursive: true });
  await sweep(context.directories.runs, context.emit);
  await prepareNamespace(context.exec, context.workspace);
  await (target === "disk" ? runDisk(open) : runStage(open, target));
}
