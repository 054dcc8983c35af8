import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";

const helpers = [
  "usr/sbin/policy-rc.d",
  "etc/dpkg/dpkg.cfg.d/pibuild",
  "etc/apt/apt.conf.d/99pibuild",
  "etc/resolv.conf",
];

describe("the build's own files inside the image", () => {
  let contract: Contract;
  let run: TaskRun;

  const inLayer = async (step: string) => {
    const tree = await contract.layer(step);
    const found = await Promise.all(
      helpers.map((path) => lstat(join(tree, "rootfs", path)).catch(() => undefined)),
    );
    return helpers.filter((_path, index) => found[index] !== undefined);
  };

  beforeAll(async () => {
    const list = helpers.map((path) => `/${path}`).join(" ");
    contract = await createContract({
      h: {
        "00-see/00-run-chroot.sh": `cat ${list} >/seen\n! /usr/sbin/policy-rc.d || exit 1\n`,
        "01-delete/00-run-chroot.sh": `rm ${list}\n`,
        "02-again/00-run-chroot.sh": `ls ${list} >/seen\n`,
        "03-touch/00-run-chroot.sh": "chown -R 0:0 /etc /usr/sbin\n",
        "04-own/00-run-chroot.sh":
          "rm /etc/resolv.conf\necho nameserver 192.0.2.1 >/etc/resolv.conf\n",
        "05-own/00-run-chroot.sh": "cat /etc/resolv.conf >/seen\nrm /etc/resolv.conf\n",
        "06-own/00-run-chroot.sh": "! ls /etc/resolv.conf 2>/dev/null\n",
      },
    });
    run = await contract.build();
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("are seen by scripts: no service starts, names resolve as on the host", async () => {
    expect(run.stderr).toBe("");
    const text = await readFile(join(await contract.layer("h/00-see"), "rootfs/seen"), "utf8");
    expect(text).toContain("exit 101");
    expect(text).toContain("force-unsafe-io");
    expect(text).toContain('Acquire::Languages "none"');
    expect(text).toContain(await readFile("/etc/resolv.conf", "utf8"));
    expect(await inLayer("h/00-see")).toEqual([]);
  });

  onSteps("are in no layer, whether a script deletes them or copies them up", async () => {
    expect(await inLayer("h/01-delete")).toEqual([]);
    expect(await contract.seen("h/02-again")).toEqual(helpers.map((path) => `/${path}`).sort());
    expect(await inLayer("h/03-touch")).toEqual([]);
  });

  onSteps("give way to a file of the image's own, and to its deletion", async () => {
    expect(await contract.seen("h/04-own", "rootfs/etc/resolv.conf")).toEqual([
      "nameserver 192.0.2.1",
    ]);
    expect(await contract.seen("h/05-own")).toEqual(["nameserver 192.0.2.1"]);
    expect(await inLayer("h/05-own")).toEqual(["etc/resolv.conf"]);
  });
});
