import { mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mountsBelow } from "@pibuild/core";
import { expect, test } from "vitest";
import { mountAll, mountOverlay } from "../src/index.ts";
import { createLayerRig, layering } from "./rig.ts";

layering("sixty layers make one tree, the topmost counts", async () => {
  await using rig = await createLayerRig();
  for (let number = 0; number < 60; number++) {
    await rig.layer(
      `echo ${number} > last; echo ${number} > file-${number}; rm -f file-$((${number} - 2))`,
    );
  }
  expect(rig.stack.size).toBe(60);
  const view = await rig.view();
  expect(await readFile(join(view, "last"), "utf8")).toBe("59\n");
  expect((await readdir(view)).sort()).toEqual(["file-58", "file-59", "last"]);
});

layering("no mount is tried after one that fails, and that one is told", async () => {
  await using rig = await createLayerRig();
  const at = async (name: string) => {
    await mkdir(join(rig.path, name));
    return { type: "tmpfs", options: "mode=755", source: "x", target: join(rig.path, name) };
  };
  const [first, second, third] = [await at("first"), await at("second"), await at("third")];
  const mounts = mountAll(rig.exec, [first, { ...second, type: "none-such" }, third]);
  const tail = expect.arrayContaining([expect.stringContaining("/second: ")]);
  await expect(mounts).rejects.toMatchObject({ code: "COMMAND_FAILED", data: { tail } });
  expect(mountsBelow(first.target)).toHaveLength(1);
  expect(mountsBelow(third.target)).toEqual([]);
});

layering("equal layers may stand in one chain twice", async () => {
  await using rig = await createLayerRig();
  const one = await rig.layer("mkdir d; echo one > d/file; echo one > other");
  await rig.layer("echo two > d/file; rm other; echo two > more");
  await rig.stack.push([one]);
  expect(rig.stack.size).toBe(3);
  expect(rig.stack.lowers("rootfs")).toEqual(["0/rootfs", "1/rootfs"]);
  expect(mountsBelow(rig.stack.directory)).toHaveLength(2);
  const view = await rig.view();
  expect(await readFile(join(view, "d", "file"), "utf8")).toBe("one\n");
  expect((await readdir(view)).sort()).toEqual(["d", "more", "other"]);
});

layering("a range of layers, of either part", async () => {
  await using rig = await createLayerRig();
  for (const name of ["a", "b", "c"]) await rig.layer(`echo > ${name}`);
  expect(rig.stack.lowers("work", 1)).toEqual(["2/work", "1/work"]);
  expect(rig.stack.lowers("rootfs", 0, 2)).toEqual(["1/rootfs", "0/rootfs"]);
  expect(rig.stack.lowers("rootfs", 3)).toEqual([]);
});

layering(
  "a layer cannot be written to, and its devices do not work below the overlay",
  async () => {
    await using rig = await createLayerRig();
    await rig.layer("echo x > file; mknod null c 1 3; chmod 666 null");
    const layer = join(rig.stack.directory, rig.stack.lowers("rootfs")[0] ?? "");
    await expect(writeFile(join(layer, "file"), "")).rejects.toThrow("EROFS");
    await expect(readFile(join(layer, "null"))).rejects.toThrow("EACCES");
    expect(await readFile(join(await rig.view(), "null"), "utf8")).toBe("");
  },
);

layering("a view without a place for changes is read-only", async () => {
  await using rig = await createLayerRig();
  await rig.layer("echo x > file");
  await expect(writeFile(join(await rig.view(), "file"), "")).rejects.toThrow("EROFS");
});

layering("fsync works, and does nothing that could fail", async () => {
  await using rig = await createLayerRig();
  await rig.layer("echo x > file");
  const { directory } = rig.stack;
  const target = join(rig.path, "merged");
  await mountOverlay(rig.exec, {
    cwd: directory,
    lowers: [...rig.stack.lowers("rootfs"), "empty"],
    target,
    changes: { upper: "upper", scratch: "scratch" },
  });
  const options = (await readFile("/proc/self/mountinfo", "utf8")).split("\n").at(-2);
  expect(options).toMatch(/ - overlay .*\bvolatile\b/);
  for (const name of ["file", "new"]) {
    const file = await open(join(target, name), "a");
    await file.write("y");
    await file.sync();
    await file.datasync();
    await file.close();
  }
  await rig.run("sync file; sync .", target);
  expect(await readFile(join(directory, "upper", "file"), "utf8")).toBe("x\ny");
});

/** Lower directories with long names, whose options take so many bytes. */
async function lowersOf(directory: string, bytes: number): Promise<string[]> {
  const fixed = "noatime,lowerdir=,redirect_dir=off,metacopy=off,index=off,xino=off".length;
  const count = 21;
  const letters = bytes - fixed - (count - 1);
  const names = Array.from({ length: count }, (_, index) =>
    String(index).padEnd(Math.floor((letters + index) / count), "x"),
  );
  expect(names.join(":")).toHaveLength(bytes - fixed);
  for (const name of names) {
    await mkdir(join(directory, name), { recursive: true });
    await writeFile(join(directory, name, `in-${names.indexOf(name)}`), "");
  }
  return names;
}

layering("as many options as the kernel takes", async () => {
  await using rig = await createLayerRig();
  const cwd = join(rig.path, "lowers");
  const lowers = await lowersOf(cwd, 4095);
  const target = join(rig.path, "merged");
  await mountOverlay(rig.exec, { cwd, lowers, target });
  expect(await readdir(target)).toHaveLength(lowers.length);
});

test("more layers than a mount can take are an error that says so", async () => {
  await using rig = await createLayerRig();
  const lowers = Array.from({ length: 500 }, (_, index) => `${index}/rootfs`);
  const mount = mountOverlay(rig.exec, {
    cwd: rig.stack.directory,
    lowers,
    target: join(rig.path, "merged"),
  });
  await expect(mount).rejects.toMatchObject({
    code: "ENV_UNSUPPORTED",
    message: "the chain has 500 layers, more than one overlay mount can take",
  });
});
