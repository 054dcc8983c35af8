import { existsSync, lstatSync, type Stats } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Exec, pathBytes } from "@pibuild/core";
import type { LayerBlob } from "../store/record.ts";
import type { Store } from "../store/store.ts";
import { mountAll } from "./mount-all.ts";

/** The trees inside a layer: `deploy` is in those alone whose step put something into DEPLOY_DIR. */
export const layerParts = ["rootfs", "work", "deploy"] as const;
export type LayerPart = (typeof layerParts)[number];

/** What a step changed, tree by tree, before it is a layer. */
export type ChangedTrees = Readonly<Record<"rootfs" | "work", string>> & {
  readonly deploy?: string | undefined;
};

/**
 * Packed layers, mounted read-only below one directory as `0`, `1`, ... in chain order.
 * The mounts belong to this process's mount namespace and vanish with it.
 */
export interface LayerStack {
  readonly directory: string;
  readonly size: number;
  /** Mounts more layers on top, the lowest first. */
  push(blobs: readonly string[]): Promise<void>;
  /** The part's directories of layers `from` up to, not with, `to`, as far as they have it; top first, relative to `directory`. */
  lowers(part: LayerPart, from?: number, to?: number): string[];
}

/** An empty stack whose mounts go below `directory`. */
export function createLayerStack(exec: Exec, directory: string): LayerStack {
  const names = new Map<string, string>();
  const deploying = new Set<string>();
  const chain: string[] = [];
  return {
    directory,
    get size() {
      return chain.length;
    },
    async push(blobs) {
      // The kernel refuses one filesystem twice in an overlay, and equal layers are one blob.
      const fresh = [...new Set(blobs)].filter((blob) => !names.has(blob));
      const mounts = fresh.map((source, index) => {
        const target = join(directory, String(names.size + index));
        return { type: "squashfs", options: "loop,ro,nodev", source, target };
      });
      for (const { target } of mounts) await mkdir(target, { recursive: true });
      await mountAll(exec, mounts);
      for (const { source, target } of mounts) {
        names.set(source, basename(target));
        if (existsSync(join(target, "deploy"))) deploying.add(basename(target));
      }
      chain.push(...blobs.map((blob) => names.get(blob) ?? ""));
    },
    lowers(part, from = 0, to = chain.length) {
      // All that a layer says, it says again where it stands higher up: the topmost counts.
      const topFirst = new Set(chain.slice(from, to).reverse());
      const having = [...topFirst].filter((name) => part !== "deploy" || deploying.has(name));
      return having.map((name) => `${name}/${part}`);
    },
  };
}

/** Mounts layers of a store on top, the lowest first. Throws what `fetch` throws. */
export async function pushLayers(
  stack: LayerStack,
  store: Pick<Store, "fetch">,
  layers: readonly Pick<LayerBlob, "digest">[],
): Promise<void> {
  const blobs: string[] = [];
  for (const layer of layers) blobs.push(await store.fetch(layer));
  await stack.push(blobs);
}

/** The topmost layer that has a path, and what it says of it. */
export function findBelow(
  stack: LayerStack,
  inside: Buffer,
): { readonly layer: string; readonly stats: Stats } | undefined {
  for (const lower of stack.lowers("rootfs")) {
    const layer = join(stack.directory, lower);
    const stats = statsOf(pathBytes(layer, inside));
    if (stats !== undefined) return { layer, stats };
  }
  return undefined;
}

/** What stands at a path, if anything. Without waiting: this is asked for every changed file in every layer. */
export function statsOf(path: Buffer): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A directory of the path is a file there.
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}
