import { join } from "node:path";
import { createExec, ownMounts } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import type { scenarios } from "./scenarios.ts";

/** `test`, where this host can make a namespace with a binfmt_misc of its own. */
export const inNamespace = needs(
  "root",
  "Linux 6.7",
  "unshare",
  "mount",
  "chroot",
  "qemu-aarch64-static",
  "qemu-arm-static",
);

type Scenarios = typeof scenarios;

export interface NamespaceOptions {
  /** Whether there is a binfmt_misc, which holds nothing. */
  readonly mounted?: boolean;
  /** What is registered outside, in the words of binfmt_misc, where nothing is mounted. */
  readonly outside?: string;
  /** Whether the program is root there. */
  readonly root?: boolean;
}

/**
 * What starts a program in a new user namespace, in which nothing in /run and /etc/binfmt.d is
 * kept: arguments of `unshare`, to be followed by the program.
 */
export function namespace({
  mounted = true,
  outside,
  root = true,
}: NamespaceOptions = {}): string[] {
  const misc = "/proc/sys/fs/binfmt_misc";
  const unshare = ["--user", "--map-root-user", ...ownMounts, "--"];
  const lines = [
    `mount -t binfmt_misc binfmt_misc ${misc}`,
    ...(outside === undefined ? [] : [`printf %s '${outside}' >${misc}/register`]),
    "mount -t tmpfs tmpfs /run",
    "if [ -d /etc/binfmt.d ]; then mount -t tmpfs tmpfs /etc/binfmt.d; fi",
    // In a namespace inside of it, which falls back on that empty one and not on the machine's.
    ...(mounted
      ? []
      : [`exec unshare ${unshare.join(" ")} sh -ec 'mount -t tmpfs x ${misc}; exec "$@"' sh "$@"`]),
    root ? 'exec "$@"' : 'exec unshare --user --map-user=1000 --map-group=1000 -- "$@"',
  ];
  return [...unshare, "bash", "-ec", lines.join("\n"), "bash"];
}

/** Programs that this test is told to use in place of the installed ones. */
const tools = Object.fromEntries(
  Object.entries(process.env).flatMap(([key, value]) =>
    key.startsWith("PIBUILD_TOOL_") && value !== undefined ? [[key, value]] : [],
  ),
);

/** Runs a scenario in a namespace, and gives what it saw. */
export async function scenario<Name extends keyof Scenarios>(
  name: Name,
  options: NamespaceOptions = {},
): Promise<Awaited<ReturnType<Scenarios[Name]>>> {
  const main = join(import.meta.dirname, "main.ts");
  const { stdout } = await createExec().run({
    program: "unshare",
    args: [...namespace(options), process.execPath, "--conditions=@pibuild/source", main, name],
    env: tools,
  });
  return JSON.parse(stdout);
}
