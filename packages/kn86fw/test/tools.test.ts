import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { createRig } from "./rig.ts";

const it = needs("bash", "tar", "zstd", "openssl", "sha256sum", "awk");
const exec = createExec();
const vectors = join(import.meta.dirname, "vectors");
const document = await readFile(join(import.meta.dirname, "../../../docs/kn86fw.md"), "utf8");

/** A code block of the specification, by how its fence is marked and what it has in it. */
function block(language: string, within: string): string {
  const blocks = [...document.matchAll(/```(\w*)\n([\s\S]*?)```/g)];
  const found = blocks.find(([, name, text]) => name === language && text?.includes(within));
  if (found?.[2] === undefined) throw new Error(`the specification has no such ${language} block`);
  return found[2];
}

async function shell(cwd: string, script: string): Promise<string> {
  const { stdout } = await exec.run({
    program: "bash",
    args: ["-euo", "pipefail", "-c", script],
    cwd,
  });
  return stdout.trim();
}

it("a payload opens with tar, zstd, sha256sum and openssl, as the specification says", async () => {
  await using rig = await createRig();
  await rig.write("manifest.awk", block("awk", "function path"));
  const payload = join(vectors, "payloads/good-full.kn86fw");
  await shell(rig.directory, `tar -xf '${payload}'; cp '${vectors}/keys/device/first.pub' key.pub`);
  expect(await shell(rig.directory, block("sh", "pkeyutl"))).toBe(
    "Signature Verified Successfully",
  );

  const fields = await shell(rig.directory, "awk -f manifest.awk manifest.json");
  const manifest = JSON.parse(await readFile(rig.path("manifest.json"), "utf8"));
  const value = (path: string) => new RegExp(`^${path}=(.*)$`, "m").exec(fields)?.[1];
  expect(value("images.root.size")).toBe(String(manifest.images.root.size));
  expect(value("boards.0")).toBe("zero2w");
  expect(value("cmdline.b.digest")).toBe(manifest.cmdline.b.digest);
  expect(fields.split("\n").length).toBe(flatten(manifest));

  for (const image of ["boot", "root"]) {
    const { digest, index } = manifest.images[image];
    const sum = (script: string) => shell(rig.directory, `${script} | cut -c1-64`);
    expect(await sum(`sha256sum index/${image}`)).toBe(index.sha256);
    expect(await sum(`awk '{print $4}' index/${image} | sha256sum`)).toBe(digest);
    const split = `split -b ${manifest.chunkSize} --filter=sha256sum | cut -c1-64 | sha256sum`;
    expect(await sum(`zstd -dcq data/${image}.zst | ${split}`)).toBe(digest);
    const plain = await sum(`zstd -dcq data/${image}.zst | sha256sum`);
    expect(await readFile(join(vectors, "images/SHA256SUMS"), "utf8")).toContain(
      `${plain}  new-a/${image}\n`,
    );
  }
  // Headers of three members, the magic, and one signature.
  const start = 5 * 512 + Math.ceil((await readFile(rig.path("manifest.json"))).length / 512) * 512;
  const body = await shell(rig.directory, `tail -c +$((${start} + 1)) '${payload}' | sha256sum`);
  expect(body.slice(0, 64)).toBe(manifest.body.sha256);
});

it("the form of a manifest can be checked without reading JSON", async () => {
  await using rig = await createRig();
  const check = block("sh", "grep -Eqx");
  const isWhole = async (payload: string) => {
    await shell(rig.directory, `tar -xf '${vectors}/payloads/${payload}.kn86fw' manifest.json`);
    return await shell(rig.directory, `${check.trimEnd()} || echo no`);
  };
  for (const good of ["good-full", "good-delta"]) expect(await isWhole(good)).toBe("OK");
  for (const bad of ["unknown-field", "missing-field", "fraction", "other-format"]) {
    expect(await isWhole(`manifest-${bad}`)).toBe("no");
  }
});

it("a payload is the archive that tar makes of its members", async () => {
  await using rig = await createRig();
  const payload = join(vectors, "payloads/good-full.kn86fw");
  const options = [
    "--format=ustar",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--mode=0444",
    "--mtime=@1767225600",
    "-b1",
  ].join(" ");
  expect(document).toContain("--format=ustar --owner=0 --group=0 --numeric-owner --mode=0444");
  await shell(
    rig.directory,
    `tar -tf '${payload}' > names; tar -xf '${payload}'; tar ${options} -cf again $(cat names)`,
  );
  const [again, original] = [await readFile(rig.path("again")), await readFile(payload)];
  expect(withoutDevices(again)).toEqual(withoutDevices(original));
  const { stdout } = await exec.run({ program: "tar", args: ["--version"] });
  if (/ 1\.(?:[12]?\d|3[0-4])$/m.test(stdout)) expect(again.equals(original)).toBe(true);
});

/** A tar archive without its device numbers, which newer versions of GNU tar leave empty. */
function withoutDevices(archive: Buffer): Buffer {
  const bytes = Buffer.from(archive);
  for (let at = 0; bytes[at] !== 0; ) {
    bytes.fill(0, at + 148, at + 156).fill(0, at + 329, at + 345);
    const size = Number.parseInt(bytes.toString("latin1", at + 124, at + 135), 8);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return bytes;
}

/** How many values a document has. */
function flatten(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, one) => sum + flatten(one), 0);
}
