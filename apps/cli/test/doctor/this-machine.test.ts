import { mkdir, mkdtempDisposable, readdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { ask } from "../../src/host/ask.ts";
import { openHost } from "../../src/host/open-host.ts";
import { overlayRefused } from "../../src/host/overlay.ts";
import { mountType, readVolume } from "../../src/host/volume.ts";
import { wslVersion } from "../../src/host/wsl.ts";

const { signal } = new AbortController();
const exec = createExec();

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("this machine answers every question", async () => {
  const host = openHost(exec, process.env, signal);
  expect(host.cpus).toBe(availableParallelism());
  expect(host.memory).toBeGreaterThan(2 ** 28);
  expect([4096, 16384, 65536]).toContain(await host.pageSize());
  expect((await host.kernel()).loaded).toEqual(expect.arrayContaining(["proc", "tmpfs"]));
  expect(host.program("sh")).toMatch(/\/sh$/);
  expect(host.program("no-such-program")).toBeUndefined();
});

describe("a filesystem", () => {
  test("is that of the nearest directory that exists, and nothing is left behind", async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-volume-"));
    const volume = await readVolume(join(scratch.path, "not", "there"));
    expect(volume.directory).toBe(scratch.path);
    expect(volume.freeBytes).toBeGreaterThan(0);
    expect(volume.type).toMatch(/^[\w.]+$/);
    const host = openHost(exec, process.env, signal);
    expect(await host.tellsCase(scratch.path)).toBe(true);
    await host.overlayRefused(scratch.path);
    expect(await readdir(scratch.path)).toEqual([]);
  });
  test("is the last one that was mounted at a place above", () => {
    const mounts = [
      "22 1 0:21 / / rw shared:1 - overlay overlay rw",
      "23 22 8:1 / /home rw - ext4 /dev/sda1 rw",
      "24 23 0:30 / /home/a\\040b rw - nfs4 server:/x rw",
      "25 22 0:31 / /home rw - xfs /dev/sdb1 rw",
    ].join("\n");
    expect(mountType(mounts, "/homes")).toBe("overlay");
    expect(mountType(mounts, "/home/c")).toBe("xfs");
    expect(mountType(mounts, "/home/a b/store")).toBe("nfs4");
    expect(mountType("", "/home")).toBeUndefined();
  });
});

needs(
  "own mount namespace",
  "setfattr",
  "unshare",
)("the kernel is asked for an overlay, and refuses one upon another", async () => {
  await using scratch = await mkdtempDisposable("/var/tmp/pibuild-overlay-");
  expect(await overlayRefused(exec, scratch.path)).toBeUndefined();
  for (const name of ["lower", "upper", "work", "merged"]) await mkdir(join(scratch.path, name));
  const options = "lowerdir=lower,upperdir=upper,workdir=work";
  const args = ["-t", "overlay", "-o", options, "overlay", "merged"];
  await exec.run({ program: "mount", args, cwd: scratch.path });
  const merged = join(scratch.path, "merged");
  try {
    expect(await overlayRefused(exec, merged)).toMatch(
      /wrong fs type|invalid argument|not supported as upperdir/i,
    );
    await exec.run({ program: "mount", args: ["-o", "remount,bind,ro", merged] });
    expect(await overlayRefused(exec, merged)).toBe("nothing can be written there");
  } finally {
    await exec.run({ program: "umount", args: [merged] });
  }
});

describe("a server", () => {
  test("tells its status and its time, a cache's age included", async () => {
    const server = createServer((request, response) => {
      const headers = { date: "Fri, 01 Jan 2027 12:00:00 GMT", age: "60" };
      response.writeHead(request.url === "/x" ? 404 : 200, headers).end();
    });
    const url = await listen(server);
    const before = Date.now();
    const answer = await ask(`${url}/x`, "", signal);
    server.close();
    expect(answer).toEqual({
      status: 404,
      clock: { theirs: Date.UTC(2027, 0, 1, 12, 1), ours: expect.any(Number) },
    });
    const ours = "clock" in answer ? (answer.clock?.ours ?? 0) : 0;
    expect(ours).toBeGreaterThanOrEqual(before);
    expect(await ask(`${url}/x`, "", signal)).toEqual({ failure: "the connection was refused" });
  });
  test("is asked by way of the proxy", async () => {
    const seen: (string | undefined)[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.end();
    });
    const answer = await ask("http://mirror.invalid/debian", await listen(proxy), signal);
    proxy.close();
    expect(answer).toMatchObject({ status: 200 });
    expect(seen).toEqual(["HEAD http://mirror.invalid/debian"]);
  });
  test("whose name is unknown is told so", async () => {
    expect(await ask("http://mirror.invalid/", "", signal)).toEqual({
      failure: expect.stringContaining("its name"),
    });
  });
});

test.each([
  ["4.4.0-19041-Microsoft\n", false, 1],
  ["5.15.167.4-microsoft-standard-WSL2\n", false, 2],
  ["6.12.0-my-own\n", true, 2],
  ["6.12.0-my-own\n", false, undefined],
])("WSL by the name of its kernel: %j", (release, inDistribution, version) => {
  expect(wslVersion(release, inDistribution)).toBe(version);
});
