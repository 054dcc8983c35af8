import { existsSync } from "node:fs";
import { join } from "node:path";
import { formatBytes, formatDuration, sha256File } from "@pibuild/core";
import { needs, startRegistry } from "@pibuild/test-kit";
import { expect } from "vitest";
import { type BuildSummary, createImageRig, type ImageRig, ran } from "./image-rig.ts";

const proof = needs(
  ...(["root", "mksquashfs", "mmdebstrap", "mke2fs", "mcopy", "docker-registry"] as const),
);

interface SharedSummary extends BuildSummary {
  readonly cache: { readonly brought: number; readonly broughtBytes: number };
}

async function build(
  rig: ImageRig,
  image: string,
  env: Readonly<Record<string, string>>,
): Promise<SharedSummary> {
  return JSON.parse(await rig.pibuild(["build", image, "--json"], env));
}

proof(
  "a second machine ends with the same images in a tenth of the time, without a layer",
  async () => {
    await using registry = await startRegistry();
    const env = { PIBUILD_CACHE_REGISTRY: `${registry.host}/team/cache` };
    await using a = await createImageRig();
    await using b = await createImageRig();
    for (const image of ["debian-lite", "kn86"]) {
      const made = await build(a, image, { ...env, PIBUILD_CACHE_WRITE: "1" });
      const brought = await build(b, image, { ...env, TZ: "Pacific/Auckland" });
      const { brought: files, broughtBytes: bytes } = brought.cache;
      process.stderr.write(
        `${image}: made in ${formatDuration(made.durationMs)}, brought in ${formatDuration(brought.durationMs)}: ${files} results of ${formatBytes(bytes)}\n`,
      );
      const file = `dist/${image}/${image}.img.xz`;
      expect(await sha256File(join(b.path, file))).toBe(await sha256File(join(a.path, file)));
      expect(brought.durationMs).toBeLessThan(made.durationMs / 10);
      expect(ran(brought)).toEqual([]);
      expect(existsSync(join(b.path, `dist/${image}/${image}.img`))).toBe(false);
    }
    expect(existsSync(join(b.store, "blobs"))).toBe(false);

    // Who asks for the disk gets the same one, with its holes.
    await using c = await createImageRig();
    await c.pibuild(["build", "debian-lite", "--target", "disk"], env);
    const disk = "dist/debian-lite/debian-lite.img";
    expect(await sha256File(join(c.path, disk))).toBe(await sha256File(join(a.path, disk)));
    expect(existsSync(join(c.store, "blobs"))).toBe(false);
  },
);
