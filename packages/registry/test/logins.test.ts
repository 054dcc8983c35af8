import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree, sha256 } from "@pibuild/core";
import { type FaultProxy, needs, startFaultProxy, startRegistry } from "@pibuild/test-kit";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Credentials, dockerCredentials, openRegistry } from "../src/index.ts";

/** `me` with the password `s3cret`, as bcrypt has it: made by crypt(3) with the prefix `$2b$05$`. */
const htpasswd = "me:$2b$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK\n";
const right = { user: "me", password: "s3cret" };
const basicOf = ({ user, password }: { user: string; password: string }) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild logins-"));
  onTestFinished(() => removeTree(directory));
  return directory;
}

describe("a registry that wants a login", () => {
  const open = (host: string, login?: Credentials) =>
    openRegistry(`${host}/cache`, {
      credentials: async () => login,
      ...{ idleMs: 2_000, retryMs: 500 },
    }).repository();

  needs("docker-registry")(
    "is given the right one, and says what is wrong with others",
    async () => {
      await using registry = await startRegistry({ htpasswd });
      const repository = open(registry.host, right);
      const blob = { digest: sha256("x"), bytes: 1 };
      expect(await repository.push(blob, Buffer.from("x"))).toBe(1);
      expect(await repository.read(blob)).toBe("x");
      for (const login of [undefined, { user: "me", password: "wr0ng" }]) {
        const error = await open(registry.host, login)
          .tags()
          .catch((caught: unknown) => caught);
        expect(error).toMatchObject({ code: "REGISTRY_DENIED", data: { status: 401 } });
        expect(String(error)).not.toContain("wr0ng");
      }
    },
  );

  /** A registry that wants tokens: its service gives one for what it is asked, and for whom. */
  async function tokenRegistry(proxy: FaultProxy, gives: (url: URL) => string | number) {
    const realm = `http://${proxy.host}/token`;
    proxy.choose = ({ url, headers }) => {
      if (url.startsWith("/token")) {
        const given = gives(new URL(url, realm));
        return typeof given === "number"
          ? { kind: "answer", status: given }
          : { kind: "answer", status: 200, body: JSON.stringify({ token: given }) };
      }
      if (headers.authorization === "Bearer good") return undefined;
      const challenge = `Bearer realm="${realm}",service="a service"`;
      return { kind: "answer", status: 401, headers: { "www-authenticate": challenge } };
    };
  }

  needs("docker-registry")("is asked with a token for just what is to be done", async () => {
    await using registry = await startRegistry();
    await using proxy = await startFaultProxy(registry.host);
    const asked: string[] = [];
    await tokenRegistry(proxy, (url) => {
      asked.push(`${url.searchParams.get("service")} ${url.searchParams.get("scope")}`);
      return "good";
    });
    const repository = open(proxy.host, right);
    expect(await repository.push({ digest: sha256("x"), bytes: 1 }, Buffer.from("x"))).toBe(1);
    expect(new Set(asked)).toEqual(
      new Set(["a service repository:cache:pull", "a service repository:cache:pull,push"]),
    );
    const tokens = proxy.seen.filter(({ url }) => url.startsWith("/token"));
    expect(new Set(tokens.map(({ headers }) => headers.authorization))).toEqual(
      new Set([basicOf(right)]),
    );
    // The password goes to the token service alone.
    const others = proxy.seen.filter(({ url }) => !url.startsWith("/token"));
    expect(others.map(({ headers }) => headers.authorization)).not.toContain(basicOf(right));
  });

  needs("docker-registry")("says so where a token only reads, or there is none", async () => {
    await using registry = await startRegistry();
    await using proxy = await startFaultProxy(registry.host);
    await tokenRegistry(proxy, (url) =>
      url.searchParams.get("scope")?.endsWith("push") ? "read-only" : "good",
    );
    const blob = { digest: sha256("x"), bytes: 1 };
    await expect(open(proxy.host, right).push(blob, Buffer.from("x"))).rejects.toMatchObject({
      ...{ code: "REGISTRY_DENIED", data: { action: "write", status: 401 } },
    });
    await tokenRegistry(proxy, () => 403);
    await expect(open(proxy.host, right).tags()).rejects.toMatchObject({
      ...{ code: "REGISTRY_DENIED", data: { action: "read", status: 403 } },
    });
  });

  needs("docker-registry")("gives no login to where it leads", async () => {
    await using registry = await startRegistry();
    await using elsewhere = await startFaultProxy(registry.host);
    await using proxy = await startFaultProxy(registry.host);
    const blob = { digest: sha256("x"), bytes: 1 };
    await tokenRegistry(proxy, () => "good");
    const repository = open(proxy.host, right);
    await repository.push(blob, Buffer.from("x"));
    const before = proxy.choose;
    proxy.choose = (request) =>
      request.method === "GET" && request.url.includes("/blobs/")
        ? {
            ...{ kind: "answer", status: 307 },
            headers: { location: `http://${elsewhere.host}${request.url}` },
          }
        : before(request);
    expect(await repository.read(blob)).toBe("x");
    expect(elsewhere.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("gets no login for a token service without TLS that is elsewhere", async () => {
    await using proxy = await startFaultProxy("127.0.0.1:1");
    const challenge = 'Bearer realm="ftp://example/token",service="x"';
    const headers = { "www-authenticate": challenge };
    proxy.choose = () => ({ kind: "answer", status: 401, headers });
    await expect(open(proxy.host, right).tags()).rejects.toThrow("which is not protected");
  });
});

describe("Docker's logins", () => {
  const find = async (config: unknown, host = "registry.example:5000", path = "") => {
    const directory = await scratch();
    await writeFile(
      join(directory, "config.json"),
      typeof config === "string" ? config : JSON.stringify(config),
    );
    const helper = join(directory, "docker-credential-test");
    const said = '{"Username":"from-helper","Secret":"its-secret"}';
    await writeFile(
      helper,
      `#!/bin/sh\nread -r host\n[ "$host" = "registry.example:5000" ] || { echo "credentials not found"; exit 1; }\necho '${said}'\n`,
    );
    await chmod(helper, 0o755);
    await mkdir(join(directory, "empty"));
    return dockerCredentials({ env: { DOCKER_CONFIG: directory, PATH: path || directory } })(host);
  };
  const auth = Buffer.from("me:s3:cret").toString("base64");
  const kept = { user: "me", password: "s3:cret" };
  const helped = { user: "from-helper", password: "its-secret" };

  test.each<[string, unknown, Credentials | undefined]>([
    ["of a host", { auths: { "registry.example:5000": { auth } } }, kept],
    ["of an address", { auths: { "https://registry.example:5000/v1/": { auth } } }, kept],
    [
      "with its parts",
      { auths: { "registry.example:5000": { username: "me", password: "x" } } },
      { user: "me", password: "x" },
    ],
    [
      "with a token",
      { auths: { "registry.example:5000": { auth, identitytoken: "t" } } },
      { identityToken: "t" },
    ],
    ["of another port", { auths: { "registry.example": { auth } } }, undefined],
    ["of a helper for the host", { credHelpers: { "registry.example:5000": "test" } }, helped],
    ["of a helper for all", { credsStore: "test" }, helped],
    [
      "kept where the helper that is named is not there",
      { credsStore: "no-such", auths: { "registry.example:5000": { auth } } },
      kept,
    ],
    ["of a helper that is a path", { credsStore: "../../bin/sh" }, undefined],
    ["of an empty file", {}, undefined],
    ["of a damaged file", "{", undefined],
    ["of nothing", "null", undefined],
  ])("%s", async (_what, config, expected) => {
    expect(await find(config)).toEqual(expected);
  });

  test("of a helper that has none are none", async () => {
    expect(await find({ credsStore: "test" }, "other.example")).toBeUndefined();
  });
});
