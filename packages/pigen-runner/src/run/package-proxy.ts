import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { count } from "@pibuild/core";
import { aptProxyLines, describeFault, type FaultReport, startProxy } from "@pibuild/mirrors";
import { fetchDirectory } from "./paths.ts";
import type { RunContext } from "./run-context.ts";

/** What a run fetches packages through. */
export interface RunProxy extends AsyncDisposable {
  /** Lines of apt.conf(5) that lead there; none where apt's own sources are asked. */
  readonly aptLines: readonly string[];
}

/**
 * Starts the proxy of a run, until disposal, and says in `fetchDirectory` how mmdebstrap and debootstrap reach it.
 * At its end it says which mirrors failed.
 */
export async function openPackages({
  spec,
  exec,
  emit,
  directories,
}: RunContext): Promise<RunProxy> {
  const { packages } = spec;
  if (packages === undefined || packages.archives.length === 0)
    return { aptLines: packages?.aptOptions ?? [], [Symbol.asyncDispose]: async () => undefined };
  const { archives } = packages;
  const proxy = await startProxy({
    ...packages,
    ...{ exec, logins: spec.logins, architectures: [spec.arch] },
    directory: join(directories.packages, "by-content"),
  });
  const aptLines = [...aptProxyLines(proxy.url, archives), ...packages.aptOptions];
  const write = (name: string, lines: readonly string[]) =>
    writeFile(join(fetchDirectory, name), lines.map((line) => `${line}\n`).join(""));
  await write("apt.conf", aptLines);
  await write("proxy", [proxy.url]);
  await write(
    "proxied",
    archives.flatMap(({ addresses }) => addresses),
  );
  return {
    aptLines,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      for (const message of summaries(proxy.faults))
        emit({ type: "notice", level: "warning", message });
    },
  };
}

/** A line for each mirror that failed, with its faults. */
function summaries(faults: readonly FaultReport[]): string[] {
  const byMirror = Map.groupBy(faults, ({ archive, candidate }) => `${archive}: ${candidate}`);
  return [...byMirror].map(([mirror, found]) => {
    const words = [...new Set(found.map(describeFault))];
    return `${mirror} ${words.join("; ")} (${count(found.length, "time")}); other mirrors were asked`;
  });
}
