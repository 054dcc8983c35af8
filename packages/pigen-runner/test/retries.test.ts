import { createHash } from "node:crypto";
import { mkdir, mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, findCommand } from "@pibuild/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aptRetries, writeFetchFiles } from "../src/run/fetch-files.ts";
import { helpers } from "../src/run/helper-layer.ts";

const content = "no real package";
const sha256 = createHash("sha256").update(content).digest("hex");
const files: Record<string, string> = {
  "/x/Packages": `Package: hello\nVersion: 1\nArchitecture: all\nFilename: ./hello_1_all.deb\nSize: ${content.length}\nSHA256: ${sha256}\n`,
  "/x/hello_1_all.deb": content,
};
const login = { user: "builder", password: "s3cr3t" };

/** A mirror that wants a login, and refuses each file at first. */
function createMirror(): Server {
  const refused = new Set<string>();
  const basic = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
  return createServer(({ url = "", headers }, response) => {
    const file = files[url.replace("/./", "/")];
    if (headers.authorization !== basic) {
      response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
    } else if (file === undefined) response.writeHead(404).end();
    else if (!refused.has(url)) {
      refused.add(url);
      response.writeHead(503).end();
    } else response.end(file);
  });
}

describe("a mirror that refuses for a moment, and wants a login", () => {
  let mirror: Server;
  let address: string;
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;

  beforeEach(async () => {
    mirror = createMirror();
    await new Promise<void>((resolve) => mirror.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/x`;
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-fetch-"));
    const logins = [{ machine: address, ...login }];
    await writeFetchFiles(join(scratch.path, "fetch"), { logins, variables: {} });
  });
  afterEach(async () => {
    mirror.close();
    await scratch[Symbol.asyncDispose]();
  });

  const run = async (name: string, args: readonly string[], env: Record<string, string> = {}) =>
    createExec().run({
      program: { path: findCommand(name) ?? name },
      args,
      cwd: scratch.path,
      env,
    });

  test.skipIf(findCommand("apt-get") === undefined)("is asked again by apt", async () => {
    const { path } = scratch;
    for (const name of ["lists/partial", "cache/archives/partial", "etc/apt.conf.d", "log"])
      await mkdir(join(path, name), { recursive: true });
    await writeFile(join(path, "status"), "");
    await writeFile(join(path, "sources.list"), `deb [trusted=yes] ${address} ./\n`);
    const config = [
      `Dir::Etc "${join(path, "etc")}";`,
      `Dir::Etc::SourceList "${join(path, "sources.list")}";`,
      `Dir::Etc::netrcparts "${join(path, "fetch/apt")}";`,
      `Dir::State::Lists "${join(path, "lists")}";`,
      `Dir::State::status "${join(path, "status")}";`,
      `Dir::Cache "${join(path, "cache")}";`,
      `Dir::Log "${join(path, "log")}";`,
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
      aptRetries,
      "",
    ];
    await writeFile(join(path, "apt.conf"), config.join("\n"));
    const env = { APT_CONFIG: join(path, "apt.conf"), http_proxy: "" };
    await run("apt-get", ["update", "--error-on=any"], env);
    await run("apt-get", ["download", "hello"], env);
    expect(await readFile(join(path, "hello_1_all.deb"), "utf8")).toBe(content);
  });

  test.skipIf(findCommand("wget") === undefined)(
    "is asked again by debootstrap's wget",
    async () => {
      const { path } = scratch;
      const env = { HOME: join(path, "fetch"), WGETRC: join(path, "fetch/wgetrc") };
      await run("wget", ["-q", "-O", "file", `${address}/hello_1_all.deb`], env);
      expect(await readFile(join(path, "file"), "utf8")).toBe(content);
    },
  );
});

test("the image's apt and those that work on it from outside ask equally often", async () => {
  const snippet = helpers.find(({ path }) => path.startsWith("etc/apt/apt.conf.d/"));
  expect(snippet?.content.split("\n")).toContain(aptRetries);
  const script = await readFile(new URL("../scripts/common.sh", import.meta.url), "utf8");
  expect(script).toContain(aptRetries.replace(";", ""));
});
