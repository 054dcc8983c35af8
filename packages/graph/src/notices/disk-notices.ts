import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DiskConfig } from "@pibuild/config";
import type { Notice } from "@pibuild/core";
import { boardNames, cardDrivers } from "@pibuild/pi-boot";
import { treeReadsCard } from "../disk/card-driver.ts";

/** What the firmware package of the stand-in for Raspberry Pi's archive leaves on a boot partition. */
const standInNote = "stand-in.txt";
/** A kernel's version and its flavour, as in `vmlinuz-6.12.34+rpt-rpi-v8`. */
const kernelFile = /^vmlinuz-([\d.]+(?:\+\w+)?(?:-\d+)?)-(.+)$/;

/** What is no error in a finished tree but may not be meant: stand-ins, and kernels that nothing starts. */
export async function diskNotices(
  {
    name: image,
    disk: { board },
  }: { readonly name: string; readonly disk: Pick<DiskConfig, "board"> },
  { tree, boot }: { readonly tree: string; readonly boot: string },
): Promise<Notice[]> {
  const notices: Notice[] = [];
  if (board !== undefined && !(await treeReadsCard(board, tree))) {
    const drivers = cardDrivers[board].map((name) => `\`${name}\``).join(" or ");
    notices.push({
      message: `the kernel of \`${image}\` cannot read the card of a ${boardNames[board]}: it has no ${drivers}`,
      hint: "let a stage install a kernel that can, such as Raspberry Pi's own",
    });
  }
  if (existsSync(join(boot, standInNote))) {
    notices.push({
      message: `packages of \`${image}\` come from a stand-in for Raspberry Pi's archive (\`${standInNote}\` on its boot partition)`,
      hint: "use it for tests, and write it to no board's card",
    });
  }
  const flavours = new Map<string, string[]>();
  for (const name of (await readdir(join(tree, "boot")).catch(() => [])).sort()) {
    const [, version, flavour] = kernelFile.exec(name) ?? [];
    if (version === undefined || flavour === undefined) continue;
    flavours.set(flavour, [...(flavours.get(flavour) ?? []), version]);
  }
  for (const [flavour, versions] of flavours) {
    if (versions.length < 2) continue;
    notices.push({
      message: `\`${image}\` has ${versions.length} kernels of one kind (${versions.join(", ")} ${flavour}), and the boot partition starts one of them`,
      hint: "let a stage remove the others with `apt-get purge`",
    });
  }
  return notices;
}
