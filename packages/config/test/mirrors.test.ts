import { expect, test } from "vitest";
import { mirrorVariableIssues } from "../src/environment/mirror-variables.ts";
import { packageConfig } from "../src/environment/package-config.ts";
import { mirrorsSchema } from "../src/mirrors/mirror-schema.ts";

const read = (written: object, env: Record<string, string>) =>
  packageConfig(mirrorsSchema.parse(written), "/work/apps/x", env);

test("the environment's mirrors go before image.yaml's, and the last resorts after them", () => {
  const { mirrors } = read(
    {
      debian: { candidates: ["http://file.example/debian/"] },
      vendor: {
        candidates: ["https://v.example/a"],
        addresses: ["http://vendor.example/deb"],
        keyring: "vendor.gpg",
        snapshot: "http://old.example/",
        direct: true,
      },
    },
    {
      DEBIAN_MIRROR: "http://one.example/debian http://two.example/debian/",
      APT_REWRITE_MIRRORS:
        "http://last.example/debian http://last.example/raspbian http://archive.raspberrypi.example/debian http://last.example/debian-security",
      RASPBIAN_MIRROR: "http://three.example/raspbian",
    },
  );
  expect(Object.fromEntries(mirrors.map((each) => [each.archive, each.candidates]))).toEqual({
    debian: [
      "http://one.example/debian",
      "http://two.example/debian",
      "http://file.example/debian",
      "http://last.example/debian",
    ],
    raspbian: ["http://three.example/raspbian", "http://last.example/raspbian"],
    raspberrypi: ["http://archive.raspberrypi.example/debian"],
    "debian-security": ["http://last.example/debian-security"],
    vendor: ["https://v.example/a"],
  });
  expect(mirrors.find(({ archive }) => archive === "vendor")).toMatchObject({
    ...{ addresses: ["http://vendor.example/deb"], direct: true },
    keyring: "/work/apps/x/vendor.gpg",
    snapshot: "http://old.example",
  });
  expect(read({ debian: { keyring: "mine.gpg" } }, {}).mirrors).toEqual([
    { archive: "debian", candidates: [], addresses: [], keyring: "/work/apps/x/mine.gpg" },
  ]);
});

test("of apt's options those about fetching hold; others, which change what is installed, stand apart", () => {
  const env = {
    ...{ APT_RETRIES: "5", APT_TIMEOUT: "30" },
    APT_OPTS:
      "-o Acquire::Retries=5 -oAcquire::http::Timeout=30 -o Dpkg::Use-Pty=0 --fix-missing --no-install-recommends",
  };
  expect(mirrorVariableIssues(env)).toEqual([]);
  expect(read({}, env)).toEqual({
    ...{ mirrors: [], retries: 5, timeoutMs: 30_000 },
    aptOptions: ['Acquire::Retries "5";', 'Acquire::http::Timeout "30";'],
    otherAptOptions: [
      ...['Dpkg::Use-Pty "0";', 'APT::Install-Recommends "false";'],
      'APT::Get::Fix-Missing "true";',
    ],
  });
});

test.each([
  ["DEBIAN_MIRROR", "deb.example/debian"],
  ["DEBIAN_MIRROR", "http://a.example/debian ftp://b.example/debian"],
  ["DEBIAN_MIRROR", "http://user:word@a.example/debian"],
  ["APT_TIMEOUT", "0"],
  ["APT_RETRIES", "often"],
  ["APT_OPTS", "-o Acquire::Retries=5; rm -rf /"],
  ["APT_OPTS", 'Acquire::Retries "5";'],
])("%s=%j is refused where it stands", (name, value) => {
  const [issue, ...others] = mirrorVariableIssues({ [name]: value });
  expect(others).toEqual([]);
  expect(issue?.at.file).toBe(`environment variable ${name}`);
  expect(issue?.message).toContain(value);
});

test.each([
  [{ debian: { candidates: [] } }],
  [{ debian: { candidates: ["mirror.example"] } }],
  [{ debian: {} }],
  [{ debian: { candidates: ["http://user:word@a.example/debian"] } }],
  [{ Debian: { candidates: ["http://a.example"] } }],
  [{ debian: { candidates: ["http://a.example"], proxy: "x" } }],
])("%j is no policy", (written) => {
  expect(mirrorsSchema.safeParse(written).success).toBe(false);
});
