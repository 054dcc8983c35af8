import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createExec, type Exec, sha256, sha256File } from "@pibuild/core";
import { expect, test } from "vitest";
import { checksumText } from "../src/checksum-file.ts";
import { compressImage, sparseSize } from "../src/index.ts";

const exec = createExec();
const sourceDateEpoch = 1767225600;
const imageBytes = 40 * 1024 ** 2 + 512;

/** A directory with a sparse image of three blocks: text, noise that does not compress, holes. */
async function scratch() {
  const path = await mkdtemp(join(tmpdir(), "pibuild artifacts-"));
  const image = join(path, "disk.img");
  const file = await open(image, "w");
  await file.write("the boot partition\n".repeat(100_000), 0);
  let noise = sha256("noise");
  const chunks: string[] = [];
  for (let index = 0; index < 20_000; index++) {
    noise = sha256(noise);
    chunks.push(noise);
  }
  await file.write(Buffer.from(chunks.join(""), "hex"), { position: 20 * 1024 ** 2 });
  await file.truncate(imageBytes);
  await file.close();
  const output = join(path, "dist", "pi.img.xz");
  return {
    path,
    image,
    output,
    options: { image, output, level: 1, exec, sourceDateEpoch },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

test("the image comes back, the checksum file checks, the times are set", async () => {
  await using dir = await scratch();
  const result = await compressImage(dir.options);
  const raw = await sha256File(dir.image);
  expect(result.image).toEqual({ path: dir.image, bytes: imageBytes, sha256: raw });
  expect((await readdir(join(dir.path, "dist"))).sort()).toEqual(["pi.img.xz", "pi.img.xz.sha256"]);
  for (const artifact of result.artifacts) {
    const { size, mtimeMs, mode } = await stat(artifact.path);
    expect(artifact).toMatchObject({ bytes: size, sha256: await sha256File(artifact.path) });
    expect(mtimeMs).toBe(sourceDateEpoch * 1000);
    expect(mode & 0o777).toBe(0o644);
  }
  expect(await readFile(`${dir.output}.sha256`, "utf8")).toBe(
    `${result.artifacts[0].sha256}  pi.img.xz\n`,
  );
  await exec.run({ program: "xz", args: ["--test", dir.output] });
  await exec.run({ program: "xz", args: ["--decompress", "--keep", dir.output] });
  expect(await sha256File(join(dir.path, "dist", "pi.img"))).toBe(raw);
  const check = await exec.run({
    program: "bash",
    args: ["-c", "sha256sum --check --strict pi.img.xz.sha256"],
    cwd: join(dir.path, "dist"),
  });
  expect(check.stdout).toBe("pi.img.xz: OK");
});

test("bytes do not depend on the run, the names or the number of threads", async () => {
  await using dir = await scratch();
  const digests = new Set<string>();
  for (const threads of [undefined, 1, 2, 3, 7]) {
    const output = join(dir.path, `dist-${threads}`, `other-${threads}.img.xz`);
    const { artifacts } = await compressImage({
      ...dir.options,
      output,
      ...(threads === undefined ? {} : { threads }),
    });
    digests.add(artifacts[0].sha256);
  }
  expect(digests.size).toBe(1);
});

test("blocks have the promised size, at every level", async () => {
  await using dir = await scratch();
  for (const level of [0, 3]) {
    await compressImage({ ...dir.options, level });
    const { stdout } = await exec.run({ program: "xz", args: ["--robot", "--list", dir.output] });
    expect(/^file\t\d+\t(\d+)/m.exec(stdout)?.[1]).toBe("3");
  }
});

test("the time of the image does not reach the bytes, the level does", async () => {
  await using dir = await scratch();
  const first = await compressImage(dir.options);
  await chmod(dir.image, 0o600);
  await writeFile(dir.image, await readFile(dir.image));
  const second = await compressImage({ ...dir.options, sourceDateEpoch: 0 });
  const third = await compressImage({ ...dir.options, level: 3 });
  expect(second.artifacts[0].sha256).toBe(first.artifacts[0].sha256);
  expect(third.artifacts[0].sha256).not.toBe(first.artifacts[0].sha256);
});

test("xz fails half way: the old artifacts stay, nothing else does", async () => {
  await using dir = await scratch();
  const { artifacts } = await compressImage(dir.options);
  await writeFile(dir.image, "another image");
  const tool = join(dir.path, "xz-that-fails");
  await writeFile(tool, "#!/bin/sh\necho half > image.xz\necho no room left >&2\nexit 1\n");
  await chmod(tool, 0o755);
  process.env.PIBUILD_TOOL_XZ = tool;
  try {
    await expect(compressImage(dir.options)).rejects.toMatchObject({
      code: "COMMAND_FAILED",
      data: { tail: ["no room left"] },
    });
  } finally {
    delete process.env.PIBUILD_TOOL_XZ;
  }
  for (const { path, sha256: digest } of artifacts) expect(await sha256File(path)).toBe(digest);
  expect(await readdir(join(dir.path, "dist"))).toHaveLength(2);
});

test("an image that is not there, or a run that is stopped, loses nothing either", async () => {
  await using dir = await scratch();
  const { artifacts } = await compressImage(dir.options);
  await expect(compressImage({ ...dir.options, image: "/nowhere.img" })).rejects.toThrow();
  const controller = new AbortController();
  controller.abort("SIGINT");
  const stopped: Exec = createExec({ signal: controller.signal });
  await expect(compressImage({ ...dir.options, exec: stopped })).rejects.toMatchObject({
    code: "INTERRUPTED",
  });
  expect(await sha256File(dir.output)).toBe(artifacts[0].sha256);
  expect(await readdir(join(dir.path, "dist"))).toHaveLength(2);
});

test("what a killed run left is no obstacle", async () => {
  await using dir = await scratch();
  const left = `${dir.output}.0123456789ab.part`;
  await mkdir(left, { recursive: true });
  await writeFile(join(left, "image.xz"), "half");
  await compressImage(dir.options);
  await exec.run({ program: "xz", args: ["--test", dir.output] });
  expect(await readdir(join(dir.path, "dist"))).toHaveLength(2);
});

test("a path relative to the working directory", async () => {
  await using dir = await scratch();
  const { image } = await compressImage({
    ...dir.options,
    image: relative(process.cwd(), dir.image),
  });
  expect(image.bytes).toBe(imageBytes);
});

test("names that sha256sum escapes", async () => {
  await using dir = await scratch();
  const name = "a\\b\nc";
  await writeFile(join(dir.path, name), "x");
  await writeFile(join(dir.path, "sums"), checksumText(sha256("x"), name));
  await exec.run({
    program: "bash",
    args: ["-c", "sha256sum --check --strict sums"],
    cwd: dir.path,
  });
});

test("sparse size", async () => {
  await using dir = await scratch();
  const { bytes, allocatedBytes } = await sparseSize(dir.image);
  expect(bytes).toBe(imageBytes);
  expect(allocatedBytes).toBeGreaterThan(640_000);
  expect(allocatedBytes).toBeLessThan(imageBytes / 2);
});
