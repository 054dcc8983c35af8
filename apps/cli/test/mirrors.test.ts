import { mkdtempDisposable, readdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createRig,
  makePackages,
  makeSigner,
  needs,
  openApt,
  type Rig,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";

const onArchive = needs("gpg", "gpgconf", "dpkg-deb", "xz", "apt-get");
const address = "http://archive.example/debian";

describe("pibuild mirrors", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let archive: string;
  let rig: Rig;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild mirrors-"));
    signer = await makeSigner();
    archive = join(scratch.path, "archive");
    await makePackages(archive, [{ name: "one" }]);
    await releaseArchive(archive, signer, {
      arch: "arm64",
      date: new Date("2026-03-02T10:00:00Z"),
    });
    rig = await createRig();
    await rig.write({
      "apps/t/image.yaml": "stages: [stages/s]\nexport: stages/e\n",
      "stages/s/00-x/00-run.sh": "#!/bin/bash\n",
      "stages/e/00-x/00-run.sh": "#!/bin/bash\n",
    });
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });
  const own = { APT_MIRROR: address, APT_SECURITY_MIRROR: "http://127.0.0.1:1/debian-security" };

  onArchive("test: each mirror is in a line with what it has, or with its fault", async () => {
    await using good = await serveMirror(archive);
    await using bad = await serveMirror(archive, () => 503);
    await rig.write({
      "apps/t/image.yaml": `stages: [stages/s]\nexport: stages/e\nmirrors:\n  debian-security: { candidates: ["${good.url}"] }\n`,
    });
    const env = { ...own, DEBIAN_MIRROR: `${bad.url} ${good.url}` };
    const table = await rig.pibuild(["mirrors", "test", "t"], env);
    const lines = table.stdout.replaceAll(/ {2,}/g, "  ").split("\n");
    expect(lines[0]).toBe("ARCHIVE  MIRROR  ANSWERS IN  SENDS  MADE  STATE");
    expect(lines[1]).toBe(`debian  ${bad.url}  -  -  -  answers 503 Service Unavailable`);
    expect(lines[2]).toMatch(
      /^debian {2}\S+ {2}[\d.]+ s {2}[\d.]+ \w+\/s {2}2026-03-02 10:00 {2}in sync$/,
    );
    // Its suite is another, which this archive does not have.
    expect(table).toMatchObject({ exitCode: 5 });
    expect(table.stderr).toContain("no mirror of debian-security delivers");
    const json = await rig.pibuild(["mirrors", "status", "t", "--json"], env);
    const { mirrors } = JSON.parse(json.stdout);
    expect(mirrors[1]).toMatchObject({ archive: "debian", mirror: good.url, inSync: true });
    expect(mirrors[0].fault).toEqual({ kind: "status", detail: "503 Service Unavailable" });
  });

  onArchive("serve: what it prints leads any apt to the mirrors, until it is ended", async () => {
    await using good = await serveMirror(archive);
    const port = await freePort();
    const env = { ...own, DEBIAN_MIRROR: good.url };
    const served = rig.start(["mirrors", "serve", "t", "--port", String(port)], env);
    await Promise.race([listening(port), served.done]);
    const again = await rig.pibuild(["mirrors", "serve", "t", "--port", String(port)], env);
    expect(again).toMatchObject({ exitCode: 2 });
    expect(again.stderr).toContain(`port ${port} is in use`);
    const conf = `Acquire::http::Proxy::archive.example "http://127.0.0.1:${port}"; APT::Architecture "arm64"; APT::Architectures:: "arm64";`;
    await using apt = await openApt(
      `deb [arch=arm64 signed-by=${signer.keyring}] ${address} bookworm main`,
      { conf },
    );
    const update = await apt.get("update", "--error-on=any");
    expect(update, update.output).toMatchObject({ exitCode: 0 });
    const install = await apt.get("install", "--download-only", "-y", "one");
    expect(install, install.output).toMatchObject({ exitCode: 0 });
    expect(await apt.archives()).toEqual(["one_1.0_all.deb"]);
    await served.kill("SIGTERM");
    const { stdout } = await served.done;
    expect(stdout).toContain(`Acquire::http::Proxy::archive.example "http://127.0.0.1:${port}";`);
    expect(await readdir(join(rig.path, ".."))).toContain("cache");
  });

  onArchive("render: prints or writes stages for pi-gen, and never beside others", async () => {
    const mirror = "http://mirror.example/debian";
    const env = { ...own, DEBIAN_MIRROR: mirror, APT_TIMEOUT: "7", APT_OPTS: "--fix-missing" };
    const printed = await rig.pibuild(["mirrors", "render", "t"], env);
    expect(printed, printed.stderr).toMatchObject({ exitCode: 0 });
    expect(printed.stdout).toContain(
      `# stage0/00-apt-mirrors-on/files/build-mirrors/debian.list\n${mirror}\tpriority:1\n`,
    );
    expect(printed.stdout).toContain('Acquire::http::Timeout "7";\n');
    expect(printed.stdout).toContain('APT::Get::Fix-Missing "true";\n');
    const write = () => rig.pibuild(["mirrors", "render", "t", "--output", "out put"], env);
    const written = await write();
    expect(written.stderr).toContain("cp --recursive 'out put/.' pi-gen/");
    const names = await readdir(join(rig.path, "out put"), { recursive: true });
    expect(names).toContain("export-image/03-apt-mirrors-off/00-run.sh");
    expect(await write()).toMatchObject({ exitCode: 2 });
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = createConnection(port, "127.0.0.1");
    const open = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
}
