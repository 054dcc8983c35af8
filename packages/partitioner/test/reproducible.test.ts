import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { sha256File } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { createAbRig } from "./ab-rig.ts";
import { createRig, diskTools, type Rig } from "./rig.ts";

const it = needs(...diskTools, "bash");
const itAsUser = needs(
  ...diskTools,
  "bash",
  "setpriv",
  "root",
  "a repository that every user can read",
);

/** Files in an order of creation that is not that of their names, and fixed dates. */
async function fill(rig: Rig): Promise<void> {
  const files = ["z", "b", "é", "A", "a"].flatMap((name, index) => [
    [`root/etc/${name}`, name.repeat(5000)],
    [`boot/${index}${name}-long-name.txt`, name],
    [`boot/overlays/${index}${name}.dtbo`, name.repeat(3000)],
  ]);
  await rig.write(Object.fromEntries(files));
  await rig.shell(`
    ln root/etc/z root/etc/twin; chmod -R go=rX root boot
    find root boot -exec touch -h -d @1600000000 {} +`);
}

it("another directory, copy, umask, time zone and reading of the files give the same bytes", async () => {
  await using first = await createRig();
  await using second = await createRig();
  await fill(first);
  await first.assemble();
  await second.shell(`
    rm -r root boot; cp -a ${first.root} ${first.boot} .
    find root boot -exec touch -h -a -d @1650000000 {} +; mkdir -p elsewhere/deep`);
  const [umask, zone] = [process.umask(0o077), process.env.TZ];
  try {
    process.env.TZ = "Pacific/Auckland";
    await second.assemble({ scratch: join(second.path, "elsewhere/deep") });
  } finally {
    process.umask(umask);
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
  expect(await sha256File(second.output)).toBe(await sha256File(first.output));
});

it("holes in a source file make no difference", async () => {
  await using rig = await createRig();
  const build = async (make: string) => {
    await rig.shell(`${make}; find root -exec touch -h -d @1600000000 {} +`);
    await rig.assemble();
    return await sha256File(rig.output);
  };
  const holes = await build(
    "truncate -s 1M root/file; printf x >> root/file; truncate -s 2M root/file",
  );
  const zeros = await build("cp --sparse=never root/file root/new; mv root/new root/file");
  expect(zeros).toBe(holes);
});

it("another seed or date gives another image", async () => {
  await using rig = await createRig();
  await fill(rig);
  const hashes = [];
  for (const options of [{}, { seed: "other" }, { sourceDateEpoch: 1_700_000_001 }]) {
    await rig.assemble(options);
    hashes.push(await sha256File(rig.output));
  }
  expect(new Set(hashes).size).toBe(3);
});

/** Has user 65534 assemble the same trees. */
async function assembleAsUser(rig: Pick<Rig, "path" | "shell">, layout: string): Promise<string> {
  const own = join(rig.path, "user");
  await mkdir(own);
  await rig.shell("chmod 755 .; chown 65534:65534 user");
  const script = join(import.meta.dirname, "assemble-as-user.ts");
  await rig.shell(
    `cd /; setpriv --reuid 65534 --regid 65534 --clear-groups -- \
      ${process.execPath} --conditions=@pibuild/source ${script} ${rig.path} ${layout}`,
  );
  return sha256File(join(own, "disk.img"));
}

itAsUser("an ordinary user gets the bytes that root gets", async () => {
  await using rig = await createRig();
  await fill(rig);
  await rig.assemble();
  expect(await assembleAsUser(rig, "standard")).toBe(await sha256File(rig.output));
});

itAsUser("an ordinary user gets the bytes of an A/B disk, too, and another time", async () => {
  await using rig = await createAbRig();
  await rig.assemble({ populateBoth: true });
  await rig.shell("find root boot common -exec touch -h -a -d @1650000000 {} +");
  expect(await assembleAsUser(rig, "ab6")).toBe(await sha256File(rig.output));
});

it("nothing but the image is left", async () => {
  await using rig = await createRig();
  await rig.assemble();
  expect((await readdir(rig.path)).sort()).toEqual(["boot", "disk.img", "root"]);
});
