import { dirname, join } from "node:path";
import { createExec } from "@pibuild/core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps, type TaskRun } from "./contract-stages.ts";

/** A login in every place that an address with one may stand in. */
const words = {
  mirror: "m1rr0r-s3cret",
  security: "s3curity-s3cret",
  proxy: "pr0xy-s3cret",
  temporary: "t3mp-s3cret",
  builder: "build3r-s3cret",
  own: "0wn-s3cret",
};
const variables = {
  APT_MIRROR: `https://builder:${words.mirror}@repo.example.org/debian`,
  APT_SECURITY_MIRROR: `https://${words.security}@updates.example.org/x`,
  APT_PROXY: `http://p:${words.proxy}@proxy.example.org:3128`,
};
const yaml = `settings:
  TEMP_REPO: "deb https://t:${words.temporary}@temp.example.org/x RELEASE main"
  PI_GEN_REPO: "https://b:${words.builder}@git.example.org/pi-gen"
env:
  OWN_REPO: "https://o:${words.own}@own.example.org/x"
`;
const file = "/etc/apt/auth.conf.d/90pibuild.conf";
const seen = `for name in APT_MIRROR APT_SECURITY_MIRROR APT_PROXY TEMP_REPO PI_GEN_REPO; do
  echo "\${!name}" >>/seen
done
stat --format=%a ${file} >>/seen
`;

describe("logins in addresses", () => {
  let contract: Contract;
  let run: TaskRun;

  beforeAll(async () => {
    contract = await createContract(
      {
        l: {
          "00-see/00-run-chroot.sh": seen,
          "01-tell/00-run-chroot.sh": `set -x\necho "$(cat ${file})" "\${OWN_REPO}"\n`,
          "02-touch/00-run-chroot.sh": "chown -R 0:0 /etc\n",
          "03-fail/00-run-chroot.sh": `chown -R 0:0 /etc\ncat ${file}\nfalse # "\${FAIL}"\n`,
        },
      },
      yaml,
    );
    run = await contract.build("l", variables);
  });
  afterAll(() => contract[Symbol.asyncDispose]());

  onSteps("are used by apt, from a file for root alone, and stand in no setting", async () => {
    expect(run.executed).toContain("l/02-touch");
    expect(await contract.seen("l/00-see")).toEqual([
      "https://repo.example.org/debian",
      "https://updates.example.org/x",
      "http://proxy.example.org:3128",
      "deb https://temp.example.org/x RELEASE main",
      "https://git.example.org/pi-gen",
      "600",
    ]);
  });

  onSteps("are in no layer, failed state, record, event, log or message", async () => {
    expect(run.exitCode).toBe(6);
    const plan = await contract.rig.pibuild(["plan", "t", "--json"], variables);
    const why = await contract.rig.pibuild(["why", "t", "l/01-tell"], variables);
    const said = JSON.stringify([run, plan, why]);
    const layers = await Promise.all(
      ["l/00-see", "l/01-tell", "l/02-touch"].map((step) => contract.layer(step)),
    );
    const pattern = Object.values(words).join("|");
    expect(said).toContain("machine https://repo.example.org/debian login builder password ***");
    expect(said).not.toMatch(new RegExp(pattern));
    const { stdout } = await createExec().run({
      program: "bash",
      args: [
        "-c",
        'grep --recursive --files-with-matches --extended-regexp --exclude=image.yaml "$@"',
        "bash",
        pattern,
        ...[dirname(contract.rig.path), contract.rig.store, join(contract.rig.path, ".pibuild")],
        ...layers,
      ],
      allowExit: [1],
    });
    expect(stdout).toBe("");
  });

  onSteps("change nothing of what is cached: another password builds nothing anew", async () => {
    const other = Object.fromEntries(
      Object.entries(variables).map(([name, text]) => [name, text.replace("s3cret", "0ther")]),
    );
    const again = await contract.build("l", other);
    expect(again.executed).toEqual(["l/03-fail"]);
  });
});
