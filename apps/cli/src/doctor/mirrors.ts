import { createRedactor } from "@pibuild/core";
import type { Answer } from "../host/ask.ts";
import type { CheckContext } from "./check.ts";

/** Raspberry Pi's own packages; pi-gen's stage0 names this address. */
const raspberryPi = "http://archive.raspberrypi.com/debian";

export interface AskedMirror {
  /** Without credentials. */
  readonly name: string;
  readonly release: string;
  /** Whether APT_MIRROR names another in its place. */
  readonly isDebian: boolean;
  readonly answer: Answer;
}

/** Asks the mirrors that the images take packages from, all at once: each whether it has the release. */
export async function askMirrors({ host, needed }: CheckContext): Promise<AskedMirror[]> {
  const redact = createRedactor();
  const asked = new Map<string, Promise<AskedMirror>>();
  for (const { mirror, release, proxy, piGen } of needed.images) {
    const bases = piGen || needed.upstream ? [mirror, raspberryPi] : [mirror];
    for (const base of bases.filter((one) => one !== "")) {
      const url = `${base}/dists/${release}/InRelease`;
      if (asked.has(url)) continue;
      const named = { name: redact(base), release, isDebian: base !== raspberryPi };
      asked.set(
        url,
        host.ask(url, proxy).then((answer) => ({ ...named, answer })),
      );
    }
  }
  return Promise.all(asked.values());
}
