import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { type Rig, serveMirror } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";
import { address, createSignedArchive, fetching, type SignedArchive } from "./signed-archive.ts";

/** Processes of a rig's steps that are in another network than this test. */
async function inOwnNetwork({ path }: Rig): Promise<string[]> {
  const own = await readlink("/proc/self/ns/net");
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
    const network = await readlink(`/proc/${pid}/ns/net`).catch(() => own);
    // A space is escaped there.
    const isOfRig = (await read("mountinfo")).includes(basename(dirname(path)).replace(/^.* /, ""));
    if (network !== own && isOfRig) found.push((await read("cmdline")).replaceAll("\0", " "));
  }
  return found;
}

describe("a step that reaches only packages", () => {
  let archive: SignedArchive;
  let outside: Server;
  let url: string;
  beforeAll(async () => {
    archive = await createSignedArchive("one");
    outside = createServer((_request, response) => response.end("from outside\n"));
    await new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    outside.close();
    await archive[Symbol.asyncDispose]();
  });

  const asking = () => `#!/bin/bash -e
curl --silent --show-error --max-time 20 "${url}" >"\${ROOTFS_DIR}/seen"
`;

  onSteps("installs through the proxy, and has no other network", async () => {
    await using good = await serveMirror(archive.path);
    await using contract = await createContract(
      {
        p: {
          "00-fetch/00-run.sh": fetching(archive.source, "seen"),
          "01-look/00-run.sh":
            '#!/bin/bash -e\ntail -n +3 /proc/net/dev | cut -d: -f1 >"${ROOTFS_DIR}/networks"\n',
          "02-inside/00-run-chroot.sh":
            'cat /proc/net/dev | while read -r name rest; do echo "${name}"; done >/seen\n',
        },
        q: { "00-ask/00-run.sh": asking() },
      },
      "stage_network: { p: packages }",
    );
    const env = { APT_MIRROR: address, DEBIAN_MIRROR: good.url };
    const run = await contract.build("q", env);
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
    expect(await contract.seen("p/00-fetch")).toEqual(["one_1.0_all.deb"]);
    expect(await contract.seen("p/01-look", "rootfs/networks")).toEqual([
      expect.stringMatching(/^ *lo$/),
    ]);
    expect((await contract.seen("p/02-inside")).slice(2)).toEqual(["lo:"]);
    expect(await contract.seen("q/00-ask")).toEqual(["from outside"]);
    expect(await inOwnNetwork(contract.rig)).toEqual([]);
  });

  onSteps("is told so where it asks for more, and runs once it may", async () => {
    await using contract = await createContract(
      { q: { "00-ask/00-run.sh": asking() } },
      "network: packages",
    );
    const failed = await contract.build();
    expect(failed.exitCode, failed.stderr).toBe(6);
    expect(failed.stderr).toContain("the step reaches packages and nothing else");
    expect(failed.stderr).toContain("`network: any`");
    expect(await inOwnNetwork(contract.rig)).toEqual([]);
    const yaml = await readFile(join(contract.rig.path, "apps/t/image.yaml"), "utf8");
    await contract.rig.write({ "apps/t/image.yaml": `${yaml}stage_network: { q: any }\n` });
    const again = await contract.build();
    expect(again, again.stderr).toMatchObject({ exitCode: 0, executed: ["q/00-ask"] });
    expect(await contract.seen("q/00-ask")).toEqual(["from outside"]);
  });

  onSteps("ends with its relay when the build is killed", async () => {
    const wait = "#!/bin/bash -e\necho at the gate\nsleep infinity\n";
    await using contract = await createContract(
      { q: { "00-wait/00-run.sh": wait } },
      `stage_network: { q: packages }\nsettings: { APT_MIRROR: "${address}" }`,
    );
    const build = contract.start();
    await build.sent("command-output", "at the gate");
    expect(await inOwnNetwork(contract.rig)).toContainEqual(
      expect.stringContaining("own-network.pl"),
    );
    await build.kill("SIGKILL");
    await build.done.catch(() => undefined);
    await expect.poll(() => inOwnNetwork(contract.rig), { timeout: 60_000 }).toEqual([]);
  });

  onSteps(
    "is another step than one that reaches all, and names only stages that are there",
    async () => {
      const look = { "00-look/00-run-chroot.sh": "echo seen >/seen\n" };
      await using contract = await createContract({ look }, "network: any");
      expect((await contract.build()).executed).toEqual(["base/prerun", "look/00-look"]);
      const file = "apps/t/image.yaml";
      const text = await readFile(join(contract.rig.path, file), "utf8");
      await contract.rig.write({ [file]: `${text}stage_network: { look: packages }\n` });
      const run = await contract.build();
      expect(run, run.stderr).toMatchObject({ exitCode: 0, executed: ["look/00-look"] });
      expect(run.events).toContainEqual(
        expect.objectContaining({ reason: { kind: "changed", fields: ["network"] } }),
      );
      await contract.rig.write({ [file]: `${text}stage_network: { lok: packages }\n` });
      const wrong = await contract.build();
      expect(wrong).toMatchObject({ exitCode: 3 });
      expect(wrong.stderr).toContain("did you mean `look`?");
    },
  );

  onSteps("that one repeats, and one that fetches besides is called unrepeatable", async () => {
    const ask = "#!/bin/bash -e\ncurl --silent --max-time 1 http://get.invalid/x || true\n";
    await using contract = await createContract(
      { q: { "00-ask/00-run.sh": ask }, r: { "00-ask/00-run.sh": ask } },
      "stage_network: { r: packages }",
    );
    const run = await contract.build("r");
    expect(run, run.stderr).toMatchObject({ exitCode: 0 });
    const fetches = [{ command: "curl", host: "get.invalid" }];
    const finished = run.events.filter((event) => event.type === "step-finished");
    expect(finished.map(({ fetches }) => fetches)).toEqual([undefined, fetches, undefined]);
    const at = expect.closeTo(Date.now(), -6);
    expect((await contract.record("q/00-ask")).fetched).toEqual({ at, by: fetches });
    expect((await contract.record("r/00-ask")).fetched).toBeUndefined();
    const plan = await contract.rig.pibuild(["plan", "t"]);
    expect(plan.stdout).toMatch(/^q\/00-ask +cached; unrepeatable: `curl` from get\.invalid$/m);
    expect(plan.stdout).toMatch(/^r\/00-ask +cached$/m);
  });
});
