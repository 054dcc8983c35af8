import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { registerBinfmt, repairBinfmt, undoBinfmt } from "../../src/index.ts";
import { journalPath, readChanges } from "../../src/journal.ts";
import { binfmtDirectory, readHandlers } from "../../src/kernel/read-handlers.ts";
import { registerLine } from "../../src/kernel/register-line.ts";
import { kernelFlags, registrations } from "../registrations.ts";
import { changed } from "./observe.ts";
import { qemu, type Rig } from "./rig.ts";

/** What registering does to the kernel's handlers. */
export const kernelScenarios = {
  async order(rig: Rig) {
    for (const [name, status] of [
      ["a", 7],
      ["c", 8],
      ["b", 9],
    ] as const) {
      await rig.add(name, await rig.interpreter(status), "F");
    }
    const seen = [await order(rig)];
    await rig.write("b", "0");
    seen.push(await order(rig));
    await rig.write("b", "1");
    seen.push(await order(rig));
    await rig.write("a", "-1");
    await rig.add("a", await rig.interpreter(7), "F");
    seen.push(await order(rig));
    return seen;
  },

  /** What was registered, beside what was read back. */
  async kernelReadsLines() {
    const pairs = [];
    for (const wanted of fc.sample(registrations, { numRuns: 150, seed: 6 })) {
      await writeFile(join(binfmtDirectory, "register"), registerLine(wanted));
      const handler = (await readHandlers(binfmtDirectory))?.handlers[0];
      await writeFile(join(binfmtDirectory, wanted.name), "-1");
      const expected = { enabled: true, offset: 0, ...wanted, flags: kernelFlags(wanted.flags) };
      pairs.push({ expected, handler });
    }
    return pairs;
  },

  async register(rig: Rig) {
    const { exec, options } = rig;
    const before = (await rig.status()).state;
    const registered = await registerBinfmt("arm64", exec, options);
    const entry = (await rig.entries())["pibuild-aarch64"];
    const exitCode = await rig.run();
    const again = await registerBinfmt("arm64", exec, options);
    const arm = await registerBinfmt("arm", exec, options);
    const armExitCode = await rig.run("arm");
    const undone = await undoBinfmt(["arm64"], exec, options);
    const left = Object.keys(await rig.entries());
    const rest = await undoBinfmt(["arm64", "arm"], exec, options);
    const nothing = await undoBinfmt(["arm64", "arm"], exec, options);
    const after = { exitCode: await rig.run(), entries: await rig.entries() };
    return {
      ...{ before, registered, entry, exitCode, again, arm, armExitCode },
      ...{ undone, left, rest, nothing, after },
    };
  },

  async concurrently(rig: Rig) {
    const { exec, options } = rig;
    await rig.add("unfixed", qemu, "OP");
    const all = await Promise.all([1, 2, 3].map(() => repairBinfmt("arm64", exec, options)));
    const states = all.map(({ state }) => state);
    return { states, changes: await readChanges(journalPath()), entries: await rig.entries() };
  },

  /** A handler of somebody else, and all of them, are switched off. */
  async switchedOff(rig: Rig) {
    const { exec, options } = rig;
    await rig.add("foreign", qemu, "F");
    await rig.write("foreign", "0");
    const one = await changed(rig, () => registerBinfmt("arm64", exec, options));
    await rig.write("foreign", "1");
    await rig.write("status", "0");
    const all = await changed(rig, () => registerBinfmt("arm64", exec, options));
    await rig.write("status", "1");
    await rig.write("foreign", "0");
    await rig.add("wrong", "/nowhere/qemu", "");
    await rig.write("wrong", "0");
    const good = await changed(rig, () => registerBinfmt("arm64", exec, options));
    return { one, all, good };
  },

  /** Each wrong handler alone: registering adds to it, repairing also puts it aside. */
  async wrong(rig: Rig) {
    const { exec, options, path } = rig;
    const debian = join(path, "aarch64-binfmt-P");
    await symlink(qemu, debian);
    const wrong: Record<string, [interpreter: string, flags: string]> = {
      gone: ["/nowhere/qemu", "OP"],
      unfixed: [qemu, "OPC"],
      dynamic: [process.execPath, "F"],
      argv0: [debian, "OF"],
      fails: [await rig.interpreter(7), "F"],
    };
    const seen: Record<string, unknown> = {};
    for (const [name, [interpreter, flags]] of Object.entries(wrong)) {
      await rig.add(name, interpreter, flags);
      const registered = await changed(rig, () => registerBinfmt("arm64", exec, options));
      const repaired = await changed(rig, () => repairBinfmt("arm64", exec, options));
      seen[name] = { registered, repaired };
      await rig.write(name, "-1");
    }
    return seen;
  },

  async debiansName({ exec, options, path, add, status, run }: Rig) {
    const debian = join(path, "aarch64-binfmt-P");
    await symlink(qemu, debian);
    await add("qemu-aarch64", debian, "OPF");
    await repairBinfmt("arm64", exec, options);
    return { status: await status(), exitCode: await run() };
  },

  async ownIsBroken(rig: Rig) {
    await rig.add("pibuild-aarch64", "/nowhere/qemu", "");
    const before = await rig.status();
    const repaired = await repairBinfmt("arm64", rig.exec, rig.options);
    const undone = await undoBinfmt(["arm64"], rig.exec, rig.options);
    return { before: before.state, repaired, undone, entries: await rig.entries() };
  },

  /** A good handler under a broken one; then two good ones; then one of a step that runs. */
  async several(rig: Rig) {
    const { exec, options } = rig;
    await rig.add("good", qemu, "OPF");
    await rig.add("later", qemu, "OP");
    const uncovered = await changed(rig, () => repairBinfmt("arm64", exec, options));
    await rig.write("later", "-1");
    await rig.add("also-good", qemu, "F");
    const two = await changed(rig, () => repairBinfmt("arm64", exec, options));
    await rig.write("also-good", "-1");
    await rig.add("pibuild-twin-1-2", qemu, "F");
    const twin = await changed(rig, () => repairBinfmt("arm64", exec, options));
    await rig.write("pibuild-twin-1-2", "-1");
    await rig.add("pretender", await rig.interpreter(7), "F");
    await rig.write("good", "-1");
    await rig.add("bad", "/nowhere/qemu", "");
    const neither = await changed(rig, () => repairBinfmt("arm64", exec, options));
    return { uncovered, two, twin, neither };
  },
};

/** The first is who is taken; then all in the kernel's order as it is read. */
async function order(rig: Rig): Promise<[number, string[]]> {
  const read = await readHandlers(binfmtDirectory);
  return [await rig.run(), (read?.handlers ?? []).map(({ name }) => name)];
}
