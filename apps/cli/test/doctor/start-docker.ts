import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, findCommand, isPibuildError, removeTree } from "@pibuild/core";
import { askEngine } from "@pibuild/host";

/** A Docker daemon of a test's own, which knows nothing of another one on the machine. */
export interface DockerDaemon extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly address: string;
}

/** How often a daemon that starts is asked, in milliseconds, and how many times. */
const interval = 250;
const attempts = 120;

/** Starts a daemon without networks, or says why it cannot. */
export async function startDocker(): Promise<DockerDaemon | { readonly why: string }> {
  const dockerd = findCommand("dockerd");
  if (dockerd === undefined || findCommand("docker") === undefined) {
    return { why: "not here: docker" };
  }
  if (process.getuid?.() !== 0) return { why: "not here: root" };
  const directory = await mkdtemp(join(tmpdir(), "pibuild-docker-"));
  const address = `unix://${join(directory, "socket")}`;
  const abort = new AbortController();
  const places = ["data-root", "exec-root", "pidfile"].map((n) => `--${n}=${join(directory, n)}`);
  const args = [`--host=${address}`, ...places, "--bridge=none", "--iptables=false"];
  let ended: string | undefined;
  const daemon = createExec({ signal: abort.signal })
    .run({ program: { path: dockerd }, args })
    .then(
      () => "it ended",
      (error: Error) =>
        isPibuildError(error, "COMMAND_FAILED")
          ? (error.data.tail.at(-1) ?? error.message)
          : error.message,
    )
    .then((why) => {
      ended = why;
    });
  const stop = async () => {
    abort.abort();
    await daemon;
    await removeTree(directory);
  };
  for (let attempt = 0; attempt < attempts && ended === undefined; attempt++) {
    const { state } = await askEngine("docker", { DOCKER_HOST: address }, abort.signal);
    if (state === "answers") return { address, [Symbol.asyncDispose]: stop };
    if (state === "absent") break;
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
  await stop();
  return { why: `dockerd did not start: ${ended}` };
}
