import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, findProgram, isPibuildError } from "@pibuild/core";
import { buildStandIn, standInImage } from "../stand-in-image/build-image.ts";

/**
 * Makes `podman` in this process the real one with a store of its own, running rootless in the
 * user namespace that is entered already, with the stand-in image built. Gives why not where
 * podman does not start containers here.
 */
export async function privatePodman(exec: Exec, path: string): Promise<string | undefined> {
  const podman = findProgram("podman") ?? "";
  const files = { conf: join(path, "containers.conf"), wrapper: join(path, "podman") };
  const runtime = existsSync("/usr/sbin/runc") || existsSync("/usr/bin/runc") ? "runc" : "crun";
  await writeFile(
    files.conf,
    [
      "[containers]",
      'netns = "host"',
      'log_driver = "none"',
      "[engine]",
      'cgroup_manager = "cgroupfs"',
      'events_logger = "none"',
      `runtime = "${runtime}"`,
    ].join("\n"),
  );
  const runtimeDirectory = join(path, "runtime");
  await mkdir(runtimeDirectory);
  // That it is in a namespace already, podman tells by the first two.
  const script = [
    "#!/bin/sh",
    "export _CONTAINERS_USERNS_CONFIGURED=done _CONTAINERS_ROOTLESS_UID=1000",
    `export XDG_RUNTIME_DIR='${runtimeDirectory}' CONTAINERS_CONF='${files.conf}'`,
    `exec '${podman}' --storage-driver vfs --root '${join(path, "store")}' --runroot '${join(path, "run")}' "$@"`,
  ];
  await writeFile(files.wrapper, `${script.join("\n")}\n`, { mode: 0o755 });
  process.env.PIBUILD_TOOL_PODMAN = files.wrapper;
  try {
    await buildStandIn(exec, "podman", path);
    await exec.run({
      program: "podman",
      args: ["run", "--rm", "--privileged", "--network", "none", standInImage],
    });
    return undefined;
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return `${error.message}: ${error.data.tail.at(-1)}`;
  }
}
