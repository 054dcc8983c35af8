import type { Archive } from "../policy/archive.ts";
import { mirrorDirectory } from "./mirror-lists.ts";

/** What apt is to do against mirrors that fail. */
export interface AptDefences {
  /** How often a file is asked for again. */
  readonly retries: number;
  /** Milliseconds that a mirror may say nothing. */
  readonly timeoutMs: number;
  /** Further lines of apt.conf(5). */
  readonly lines: readonly string[];
}

/** A file for apt.conf.d. Its hooks are for whoever does not come through the wrapper of `apt-get`. */
export function aptConfiguration(
  archives: readonly Archive[],
  { retries, timeoutMs, lines }: AptDefences,
): string {
  const seconds = Math.ceil(timeoutMs / 1000);
  const direct = archives.filter((archive) => archive.direct).flatMap((each) => each.candidates);
  const hosts = [...new Set(direct.map((each) => new URL(each).hostname))].sort();
  const rewrite = `"if [ -x ${mirrorDirectory}/rewrite ]; then ${mirrorDirectory}/rewrite on; fi";`;
  const all = [
    `Acquire::Retries "${retries}";`,
    // With its pauses between retries, apt's mirror method waits for ever where several indexes fail at once
    // (apt 2.6.1; seen with a first mirror that refuses).
    'Acquire::Retries::Delay "false";',
    `Acquire::http::Timeout "${seconds}";`,
    `Acquire::https::Timeout "${seconds}";`,
    ...hosts.flatMap((host) => [
      `Acquire::http::Proxy::${host} "DIRECT";`,
      `Acquire::https::Proxy::${host} "DIRECT";`,
    ]),
    ...lines,
    // apt has read its sources before it calls a hook: before a fetch it would come too late.
    `APT::Update::Post-Invoke:: ${rewrite}`,
    `DPkg::Pre-Invoke:: ${rewrite}`,
  ];
  return all.map((line) => `${line}\n`).join("");
}
