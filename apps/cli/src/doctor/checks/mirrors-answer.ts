import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Answer } from "../../host/ask.ts";
import type { Check, CheckContext } from "../check.ts";
import { askMirrors } from "../mirrors.ts";

/** Whether packages can be downloaded. */
export const mirrorsAnswer: Check = {
  name: "mirrors",
  asks: "Whether the Debian mirror (`APT_MIRROR`, or the one in this machine's apt sources) has the images' release; for stages of pi-gen also archive.raspberrypi.com. Asks through `APT_PROXY` if that is set",
  warns:
    "one does not answer within 5 seconds, or does not have the release; packages of an earlier build are there",
  fails: "the same, but no package was downloaded yet",
  mended: "name another Debian mirror in `APT_MIRROR`, or a proxy in `APT_PROXY`",
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
