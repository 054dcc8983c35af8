import { setTimeout as sleep } from "node:timers/promises";
import { sha256File } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { createRig, diskTools, MiB } from "./rig.ts";

const asRoot = needs("root", "bash", "debugfs", "setfattr", ...diskTools);
const allocated = "trusted.test.allocated";
const mark = `setfattr -n ${allocated} -v 1`;

asRoot(
  "a marked file takes all of its blocks, another's zeros are holes, and no mark stays",
  async () => {
    await using rig = await createRig();
    await rig.shell(`cd root
    fallocate -l 16M swap; truncate -s 3M mixed; echo text >mixed-head; dd if=mixed-head of=mixed conv=notrunc status=none
    truncate -s 1G sparse; echo end >>sparse; fallocate -l 1M plain
    ${mark} swap mixed
    # Its attributes take a block of their own.
    fallocate -l 100000 many; setfattr -n user.long -v "$(head -c 2000 /dev/zero | tr '\\0' x)" many; ${mark} many`);
    const options = { allocated, sizes: { boot: 64 * MiB, root: 1200 * MiB } } as const;
    const { plan } = await rig.assemble(options);
    const offset = plan.partitions[1]?.startBytes ?? 0;
    const sectors = async (name: string) => {
      const text = await rig.debugfs(`stat /${name}`, offset);
      expect(text).not.toContain(allocated);
      return Number(/Blockcount: (\d+)/.exec(text)?.[1]);
    };
    expect(await sectors("swap")).toBe((16 * MiB) / 512);
    expect(await sectors("mixed")).toBe((3 * MiB) / 512);
    expect(await sectors("many")).toBe(26 * 8);
    expect(await sectors("sparse")).toBe(8);
    expect(await sectors("plain")).toBe(0);
    expect(await rig.debugfs("ea_list /many", offset)).toContain("user.long");
    const digest = await sha256File(rig.output);
    // A clock that went on must not show.
    await sleep(1100);
    await rig.assemble(options);
    expect(await sha256File(rig.output)).toBe(digest);
  },
);
