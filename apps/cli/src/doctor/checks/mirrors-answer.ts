import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Answer } from "../../host/ask.ts";
import type { Check, CheckContext } from "../check.ts";
import { askMirrors } from "../mirrors.ts";

/** Whether packages can be downloaded. */
export const mirrorsAnswer: Check = {
  name: "mirrors",
  asks: "Whether the Debian mirror of the images (`APT_MIRROR`, else the one in the host's apt sources) has their release, and archive.raspberrypi.com where stages of pi-gen are used; by way of `APT_PROXY` where that is set",
  warns:
    "one does not answer within 5 seconds, or has no such release, and packages of an earlier build are there",
  fails: "the same, and no package was downloaded yet",
  mended: "another mirror in `APT_MIRROR`, where Debian's does not answer; a proxy in `APT_PROXY`",
  mends: false,
  on: "anywhere",
  async examine(context) {
    const mirrors = await askMirrors(context);
    if (mirrors.length === 0) return { status: "ok", detail: "none is named" };
    const bad = mirrors.flatMap(({ name, release, isDebian, answer }) => {
      const problem = problemOf(answer, release);
      return problem === undefined ? [] : [{ isDebian, said: `${name}: ${problem}` }];
    });
    if (bad.length === 0) {
      return { status: "ok", detail: mirrors.map(({ name }) => name).join(", ") };
    }
    const cached = await hasPackages(context);
    const said = bad.map((each) => each.said).join("; ");
    const another = bad.some(({ isDebian }) => isDebian)
      ? "name another mirror with APT_MIRROR, or "
      : "";
    return {
      status: cached ? "warn" : "fail",
      detail: `${said}${cached ? " (packages of earlier builds are there)" : ""}`,
      fix: `check the network, or ${another}name a proxy with APT_PROXY`,
    };
  },
};

function problemOf(answer: Answer, release: string): string | undefined {
  if ("failure" in answer) return answer.failure;
  if (answer.status === 404) return `it does not have ${release}`;
  return answer.status < 400 ? undefined : `it answers ${answer.status}`;
}

async function hasPackages({ directories, needed }: CheckContext): Promise<boolean> {
  for (const { release, arch } of needed.images) {
    const names = await readdir(join(directories.packages, `${release}-${arch}`)).catch(() => []);
    if (!names.some((name) => name.endsWith(".deb"))) return false;
  }
  return true;
}
