import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256File } from "@pibuild/core";
import { type CliResult, createRig, makesBootFiles, needs, type Rig } from "@pibuild/test-kit";

/** `test` where small images can be built and shared. */
export const onCache = needs(
  ...(["own mount namespace", "mksquashfs", "mke2fs", "mcopy", "xz", "docker-registry"] as const),
);

/** A machine with a workspace and a store of its own. */
export interface Machine extends Rig {
  /** Builds image `pi`, or what is asked for. */
  build(env?: Readonly<Record<string, string>>, more?: readonly string[]): Promise<Built>;
  /** The sha256 of a file in `dist/pi`. */
  digest(name: string): Promise<string>;
}

export interface Built extends CliResult {
  /** `--json`. */
  readonly summary: {
    readonly fresh?: boolean;
    readonly steps: readonly { readonly step: string; readonly outcome: string }[];
    readonly phases: readonly { readonly phase: string }[];
    readonly cache?: {
      readonly hits: number;
      readonly brought: number;
      readonly broughtBytes: number;
      readonly sent: number;
      readonly refused: readonly { readonly name: string; readonly reason: string }[];
      readonly failures: readonly string[];
    };
  };
  /** The steps that ran. */
  readonly ran: readonly string[];
}

/** A script that writes a line into the image. */
export const append = (text: string) => `#!/bin/bash -e\necho "${text}" >>"\${ROOTFS_DIR}/seen"\n`;

/** Stages that take next to no time, with a secret that only an image that asks for it has. */
const files = {
  "apps/pi/image.yaml":
    "stages: [stages/one]\ndisk: { boot_size: 36MiB, root_free: 8MiB }\ncompression: { level: 0 }\n",
  "stages/one/prerun.sh": `#!/bin/bash -e\nmkdir -p "\${ROOTFS_DIR}"\n${makesBootFiles}`,
  "stages/one/00-first/00-run.sh": `${append("first")}head -c 300000 /dev/zero | tr '\\0' x >"\${ROOTFS_DIR}/large"\n`,
  "stages/one/01-second/00-run.sh": append("second"),
  "stages/export/.keep": "",
  "stages/partitions/.keep": "",
};

/** Makes a machine whose workspace has these files besides; dispose it with `await using`. */
export async function machine(more: Readonly<Record<string, string>> = {}): Promise<Machine> {
  const rig = await createRig();
  await rig.write({ ...files, ...more });
  return {
    ...rig,
    async build(env = {}, args = []) {
      const result = await rig.pibuild(["build", "pi", "--json", ...args], env);
      const summary = JSON.parse(result.stdout || "{}");
      const ran = (summary.steps ?? [])
        .filter(({ outcome }: { outcome: string }) => outcome !== "cached")
        .map(({ step }: { step: string }) => step);
      return { ...result, summary, ran };
    },
    digest: (name) => sha256File(join(rig.path, "dist/pi", name)),
  };
}

/** A file of a machine's workspace. */
export async function textOf(rig: Rig, path: string): Promise<string> {
  return readFile(join(rig.path, path), "utf8");
}
