import { chmod, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { buildDelta } from "../../src/build/build-delta.ts";
import { signPayload } from "../../src/sign/sign-payload.ts";
import { testSigners, trusted } from "../keys.ts";
import { createRig, systemImages } from "../rig.ts";
import { createMachine } from "./machine.ts";
import { everything, otherSlot, slotHolding, slotOf, slotPartitions } from "./slots.ts";

const old = systemImages("old");
const images = systemImages("new");

/** Half of it as it was, and some of it elsewhere. */
function related() {
  const next = { boot: Buffer.from(old.boot), root: Buffer.from(old.root) };
  old.root.copy(next.root, 8192, 81920, 81920 + 40960);
  next.root.fill("changed", 0, 4096);
  next.boot.fill("changed", 40000, 44096);
  return next;
}

for (const slot of ["a", "b"] as const) {
  const other = otherSlot[slot];
  test(`from slot ${slot}, a full payload fills slot ${other}, and nothing else`, async () => {
    await using rig = await createRig();
    const payload = await rig.payload("new.kn86fw", images);
    await using machine = await createMachine({ slot, partitions: slotPartitions(slot, old) });
    const common = await machine.partition("common");
    const { exitCode, stderr } = await machine.update("apply", payload);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(await slotOf(machine, other)).toEqual(slotHolding(images, other));
    expect(await slotOf(machine, slot)).toEqual(slotHolding(old, slot));
    expect(await machine.partition("common")).toEqual(common);
    expect(await machine.reboots()).toEqual(["0 tryboot"]);
    expect((await machine.read("home/shared/.kn86/pending")).toString().split("\n")).toEqual([
      `SLOT=${other}`,
      "VERSION=1.2.0",
      "SECURITY_EPOCH=3",
      expect.stringMatching(/^MANIFEST=[0-9a-f]{64}$/),
      "",
    ]);
  });

  test(`from slot ${slot}, a delta takes what both systems have from the running one`, async () => {
    await using rig = await createRig();
    const next = related();
    const base = await rig.payload("old.kn86fw", old, { chunkSize: 65536 });
    const payload = await rig.payload("next.kn86fw", next, { chunkSize: 65536 });
    const output = rig.path("delta.kn86fw");
    await buildDelta({ payload, base, output, trust: trusted });
    await signPayload({ payload: output, signers: [testSigners.second] });
    await using machine = await createMachine({ slot, partitions: slotPartitions(slot, old) });
    expect(await machine.update("apply", output)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await slotOf(machine, other)).toEqual(slotHolding(next, other));
    expect(await slotOf(machine, slot)).toEqual(slotHolding(old, slot));

    const touched = { boot: old.boot, root: Buffer.from(old.root) };
    touched.root.fill("touched", 131072, 131073);
    await using elsewhere = await createMachine({
      slot,
      partitions: slotPartitions(slot, touched),
    });
    const before = await everything(elsewhere);
    const { exitCode, stderr } = await elsewhere.update("apply", output);
    expect(exitCode).toBe(27);
    expect(stderr).toMatch(/^base: .*take the full payload[^\n]*$/);
    expect(await everything(elsewhere)).toEqual(before);
  });
}

test("what is behind an image in its partition is left alone", async () => {
  await using rig = await createRig();
  const tail = Buffer.alloc(12288, "tail");
  const slots = { boot: images.boot.length + tail.length, root: images.root.length + tail.length };
  const payload = await rig.payload("new.kn86fw", images, {
    boot: { path: await rig.write("boot", images.boot), slot: slots.boot },
    root: { path: await rig.write("root", images.root), slot: slots.root },
  });
  const longer = {
    boot: Buffer.concat([old.boot, tail]),
    root: Buffer.concat([old.root, tail]),
  };
  await using machine = await createMachine({
    partitions: { ...slotPartitions("a", longer), "boot-b": longer.boot, "root-b": longer.root },
  });
  expect(await machine.update("apply", payload)).toMatchObject({ exitCode: 0, stderr: "" });
  const { boot, root } = slotHolding(images, "b");
  expect(await slotOf(machine, "b")).toEqual({
    boot: Buffer.concat([boot, tail]),
    root: Buffer.concat([root, tail]),
  });
});

test("an apply that is killed leaves the slot broken, and the next one begins anew", async () => {
  await using rig = await createRig();
  const payload = await rig.payload("new.kn86fw", images);
  await using machine = await createMachine({ partitions: slotPartitions("a", old) });
  await machine.write("home/shared/.kn86/pending", "SLOT=b\nVERSION=1.1.0\n");
  // Flushes: the directory of `pending`, the first sector, and then the root, after which it is no more.
  await machine.write(
    "bin/sync",
    `#!/bin/sh\necho x >>'${machine.path("flushes")}'
[ "$(wc -l <'${machine.path("flushes")}')" -lt 3 ] || kill -9 "$PPID"\nexec /bin/sync "$@"\n`,
  );
  await chmod(machine.path("bin/sync"), 0o755);
  await expect(machine.update("apply", payload)).rejects.toMatchObject({
    data: { signal: "SIGKILL" },
  });
  const broken = await everything(machine);
  expect(broken.a).toEqual(slotHolding(old, "a"));
  expect(broken.b.root).toEqual(images.root);
  expect(broken.b.boot.subarray(0, 512)).toEqual(Buffer.alloc(512));
  expect(broken.pending).toBeUndefined();
  expect(await machine.reboots()).toEqual([]);

  await machine.write("bin/sync", '#!/bin/sh\nexec /bin/sync "$@"\n');
  expect(await machine.update("apply", payload)).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await slotOf(machine, "b")).toEqual(slotHolding(images, "b"));
});

test("--no-reboot leaves the restart to the caller", async () => {
  await using rig = await createRig();
  const payload = await rig.payload("new.kn86fw", images);
  await using machine = await createMachine({ partitions: slotPartitions("a", old) });
  const { exitCode, stdout } = await machine.update("apply", "--no-reboot", payload);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("reboot '0 tryboot'");
  expect(await machine.reboots()).toEqual([]);
});

test("--allow-downgrade takes an older version, and never an older epoch", async () => {
  await using rig = await createRig();
  const payload = await rig.payload("new.kn86fw", images);
  const device = { VERSION: "1.2.1-rc.1", SECURITY_EPOCH: 3 };
  await using machine = await createMachine({ device, partitions: slotPartitions("a", old) });
  expect(await machine.update("apply", payload)).toMatchObject({ exitCode: 24 });
  expect(await machine.update("apply", payload, "--allow-downgrade")).toMatchObject({
    exitCode: 0,
  });
  await machine.write("home/shared/.kn86/floor", "SECURITY_EPOCH=4\nVERSION=0.0.1\n");
  const { exitCode, stderr } = await machine.update("apply", payload, "--allow-downgrade");
  expect({ exitCode, stderr }).toEqual({ exitCode: 23, stderr: expect.stringMatching(/^epoch: /) });
});

test("verify says whether a payload is whole and for this device, and writes nothing", async () => {
  await using rig = await createRig();
  const payload = await rig.payload("new.kn86fw", images);
  await using machine = await createMachine({
    ...{ slot: "b", tryboot: true, boots: "a" },
    partitions: slotPartitions("a", old),
  });
  const before = await everything(machine);
  expect(await machine.update("verify", payload)).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await everything(machine)).toEqual(before);
  const damaged = await readFile(payload);
  damaged.writeUInt8(damaged.readUInt8(damaged.length - 1600) ^ 1, damaged.length - 1600);
  const bent = await rig.write("bent.kn86fw", damaged);
  expect(await machine.update("verify", bent)).toMatchObject({ exitCode: 25 });
});
