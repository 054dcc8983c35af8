import { existsSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { elfPatterns } from "../../src/foreign-arch.ts";
import { persistBinfmt, registerBinfmt, repairBinfmt, undoBinfmt } from "../../src/index.ts";
import { binfmtDirectory } from "../../src/kernel/read-handlers.ts";
import { registerLine } from "../../src/kernel/register-line.ts";
import { changed, failure } from "./observe.ts";
import { qemu, type Rig } from "./rig.ts";

/** Hosts where something is missing or in the way, and what lasts over a start. */
export const hostScenarios = {
  /** What was put aside is gone, or another has its place, when it should come back. */
  async goneMeanwhile(rig: Rig) {
    await rig.add("unfixed", qemu, "O");
    await repairBinfmt("arm64", rig.exec, rig.options);
    await rig.write("unfixed", "-1");
    await rig.write("pibuild-aarch64", "-1");
    return undoBinfmt(["arm64"], rig.exec, rig.options);
  },

  /** Without root; with a handler, and then without one. */
  async notRoot({ exec, options, path, status }: Rig) {
    const own = { ...options, journal: join(path, "journal") };
    const trial = (await status()).trial;
    const register = await failure(() => registerBinfmt("arm64", exec, own));
    const repair = await failure(() => repairBinfmt("arm", exec, own));
    return { trial, register, repair, undo: await undoBinfmt(["arm64"], exec, own) };
  },

  /** As in a container: what the machine outside has registered works, and cannot be seen. */
  async unseen({ exec, options, status }: Rig) {
    return { before: await status(), after: await registerBinfmt("arm64", exec, options) };
  },

  /** Where programs cannot be started for another reason, nothing is known. */
  async noexec({ exec, path, add, status }: Rig) {
    await add("good", qemu, "OPF");
    const known = await status();
    await exec.run({ program: "mount", args: ["-t", "tmpfs", "-o", "noexec", "tmpfs", path] });
    process.env.TMPDIR = path;
    const unknown = await status();
    await exec.run({ program: "umount", args: [path] });
    return [known, unknown].map(({ state, trial }) => ({ state, trial }));
  },

  async readOnly({ exec, options }: Rig) {
    const args = ["-o", "remount,bind,ro", binfmtDirectory];
    await exec.run({ program: "mount", args });
    return failure(() => registerBinfmt("arm64", exec, options));
  },

  async noQemu(rig: Rig) {
    const { exec, options, path } = rig;
    await exec.run({ program: "mount", args: ["-t", "tmpfs", "tmpfs", "/usr/libexec"] });
    const tools = ["PIBUILD_TOOL_QEMU_AARCH64_STATIC", "PIBUILD_TOOL_QEMU_AARCH64"];
    for (const tool of tools) process.env[tool] = join(path, "none");
    const none = await failure(() => registerBinfmt("arm64", exec, options));
    process.env.PIBUILD_TOOL_QEMU_AARCH64 = process.execPath;
    await rig.add("pretender", await rig.interpreter(7), "F");
    await rig.add("bad", "/nowhere/qemu", "");
    const before = await rig.entries();
    const dynamic = await failure(() => repairBinfmt("arm64", exec, options));
    const undone = await undoBinfmt(["arm64"], exec, options);
    return { none, dynamic, node: process.execPath, before, after: await rig.entries(), undone };
  },

  async notMountable({ exec, options, path }: Rig) {
    const nowhere = { ...options, directory: "/nowhere/misc", journal: join(path, "journal") };
    const refused = await failure(() => registerBinfmt("arm64", exec, nowhere));
    const filesystems = join(path, "filesystems");
    await writeFile(filesystems, "nodev\tproc\n\text4\n");
    await exec.run({ program: "mount", args: ["--bind", filesystems, "/proc/filesystems"] });
    const unknown = await failure(() => registerBinfmt("arm64", exec, nowhere));
    return { refused, unknown };
  },

  /** What is written for a start is judged by systemd's own program. */
  async persist(rig: Rig) {
    const { exec, options } = rig;
    const registrar = { path: "/usr/lib/systemd/systemd-binfmt" };
    const distribution = "/usr/lib/binfmt.d";
    if (!existsSync(registrar.path)) return { why: `there is no ${registrar.path}` };
    await exec.run({ program: "mount", args: ["-t", "tmpfs", "tmpfs", distribution] });
    const line = (flags: string) =>
      `${registerLine({ name: "qemu-aarch64", ...elfPatterns.arm64, interpreter: qemu, flags })}\n`;
    const start = async () => {
      await rig.write("status", "-1");
      await exec.run({ program: registrar, args: [] });
      const { state, handler } = await rig.status();
      return { state, taken: handler?.name };
    };
    const nothing = { file: await persistBinfmt("arm64", options), ...(await start()) };
    const again = await persistBinfmt("arm64", options);
    const undone = await undoBinfmt(["arm64"], exec, options);
    const file = join(distribution, "qemu-aarch64.conf");
    await writeFile(file, `# Debian's\n${line("OPF")}`);
    const good = { file: await persistBinfmt("arm64", options), ...(await start()) };
    await symlink("/dev/null", "/etc/binfmt.d/qemu-aarch64.conf");
    const hidden = { file: await persistBinfmt("arm64", options), ...(await start()) };
    await undoBinfmt(["arm64"], exec, options);
    await rm("/etc/binfmt.d/qemu-aarch64.conf");
    await writeFile(file, line("OP"));
    const unfixed = await start();
    const over = { file: await persistBinfmt("arm64", options), ...(await start()) };
    return { nothing, again, undone, good, hidden, unfixed, over };
  },

  /** binfmt-support's own program, with a list of its own. */
  async formats(rig: Rig) {
    const { exec, path } = rig;
    const formats = join(path, "formats");
    const options = { ...rig.options, formats };
    await mkdir(formats);
    const list = async (name: string, fixed: string) => {
      const spec = await formatFile(path, name, fixed);
      const args = ["--admindir", formats, "--importdir", path, "--import", spec];
      await exec.run({ program: "update-binfmts", args });
      await exec.run({
        program: "update-binfmts",
        args: ["--admindir", formats, "--disable", name],
      });
    };
    const work = () => registerBinfmt("arm64", exec, options);
    await list("unfixed", "no");
    const unfixed = await changed(rig, work, options);
    await rm(join(formats, "unfixed"));
    await list("format", "yes");
    const fixed = await changed(rig, work, options);
    await list("second", "yes");
    return { unfixed, fixed, two: await changed(rig, work, options) };
  },
};

/** A packaged format, update-binfmts(8). */
async function formatFile(path: string, name: string, fixed: string): Promise<string> {
  const bytes = (hex: string) => hex.replaceAll(/../g, (byte) => `\\x${byte}`);
  const lines = [
    "package test",
    `interpreter ${qemu}`,
    `magic ${bytes(elfPatterns.arm64.magic)}`,
    `mask ${bytes(elfPatterns.arm64.mask)}`,
    "credentials no",
    `fix_binary ${fixed}`,
    "preserve yes",
  ];
  await writeFile(join(path, name), `${lines.join("\n")}\n`);
  return name;
}
