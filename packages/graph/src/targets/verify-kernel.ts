import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pinFileName } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";

/** Raspberry Pi's kernels, as packages are called: `linux-image-rpi-v8`, and before bookworm the other. */
const kernelPackage = /^(?:linux-image-rpi-[a-z0-9-]+|raspberrypi-kernel)$/;

/**
 * Whether the kernel in a finished tree is the one that the pin promises, where it promises one.
 * Throws VERIFY_FAILED with what is there.
 */
export async function verifyKernel(root: string, pinned: string | undefined): Promise<void> {
  if (pinned === undefined) return;
  const status = await readFile(join(root, "var/lib/dpkg/status"), "utf8");
  const kernels = installed(status).filter(({ name }) => kernelPackage.test(name));
  if (kernels.length > 0 && kernels.every(({ version }) => version === pinned)) return;
  const found = kernels.map(({ name, version }) => `${name} ${version}`).join(", ");
  throw new PibuildError("VERIFY_FAILED", {
    what: `KERNEL_VERSION in \`${pinFileName}\` is \`${pinned}\``,
    detail: `the image has ${found || "no kernel of Raspberry Pi's"}`,
    hint: `write that version once you have tested it on a board, or leave KERNEL_VERSION empty`,
  });
}

/** The installed packages that a dpkg status file tells of. */
function installed(status: string): { name: string; version: string }[] {
  return status.split(/\n\n+/).flatMap((stanza) => {
    const field = (key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(stanza)?.[1];
    const name = field("Package");
    const version = field("Version");
    if (name === undefined || version === undefined) return [];
    return field("Status") === "install ok installed" ? [{ name, version }] : [];
  });
}
