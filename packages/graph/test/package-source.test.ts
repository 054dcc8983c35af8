import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Image, PackageConfig } from "@pibuild/config";
import { expect, test } from "vitest";
import { packageSource } from "../src/open/package-source.ts";

const image = (packages: Partial<PackageConfig>, more: object = {}) =>
  ({
    settings: { APT_MIRROR: "", APT_SECURITY_MIRROR: "", APT_PROXY: "" },
    packages: { mirrors: [], aptOptions: [], otherAptOptions: [], ...packages },
    ...more,
  }) as unknown as Image;
const around = { logins: [], env: {}, lock: undefined };
const hostMirrors = { main: "http://host.example/debian", notices: [] };

test("the archives of pi-gen's stage0 are the image's, each with the mirrors that are named for it", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild pi-gen-"));
  const files = join(scratch.path, "stage0/00-configure-apt/files");
  await mkdir(files, { recursive: true });
  await writeFile(
    join(scratch.path, "stage0/prerun.sh"),
    "bootstrap ${RELEASE} http://apt.example/debian/\n",
  );
  await writeFile(
    join(files, "sources.list"),
    "deb http://apt.example/debian/ RELEASE main\n# deb http://old.example/debian RELEASE main\ndeb http://apt.example/debian-security/ RELEASE-security main\n",
  );
  await writeFile(
    join(files, "raspi.list"),
    "deb http://archive.raspberrypi.example/debian/ RELEASE main\n",
  );
  const named = {
    mirrors: [
      { archive: "raspberrypi", candidates: ["https://pi.example/debian"], addresses: [] },
      {
        archive: "vendor",
        candidates: ["http://v.example/x"],
        addresses: ["http://vendor.example/deb"],
      },
      { archive: "unused", candidates: ["http://u.example/x"], addresses: [] },
    ],
  };
  const { archives, limits } = await packageSource(
    image({ ...named, retries: 5, timeoutMs: 30_000 }, { piGen: scratch.path }),
    { ...around, hostMirrors },
  );
  expect(archives).toEqual([
    {
      ...{ name: "debian", direct: false },
      addresses: ["http://host.example/debian", "http://apt.example/debian"],
      candidates: ["http://host.example/debian", "http://apt.example/debian"],
    },
    {
      ...{ name: "raspberrypi", direct: true },
      addresses: ["http://archive.raspberrypi.example/debian"],
      candidates: ["https://pi.example/debian", "http://archive.raspberrypi.example/debian"],
    },
    {
      ...{ name: "debian-security", direct: false },
      addresses: ["http://apt.example/debian-security"],
      candidates: ["http://apt.example/debian-security"],
    },
    {
      ...{ name: "vendor", direct: false },
      addresses: ["http://vendor.example/deb"],
      candidates: ["http://v.example/x", "http://vendor.example/deb"],
    },
  ]);
  expect(limits).toEqual({ retries: 5, answerMs: 30_000, stallMs: 30_000 });
});

test("the way to the network is the image's proxy, else the machine's; without one no mirror is asked", async () => {
  const env = { http_proxy: "http://machine.example:3128", NO_PROXY: "localhost" };
  const own = await packageSource(image({}), { ...around, hostMirrors, env });
  expect(own.proxyEnv).toEqual({ http_proxy: env.http_proxy, no_proxy: "localhost" });
  const settings = {
    APT_MIRROR: "http://m.example/debian/",
    APT_SECURITY_MIRROR: "",
    APT_PROXY: "http://p.example:3142",
  };
  const set = await packageSource(image({}, { settings }), {
    ...around,
    hostMirrors,
    env: { ...env, PIBUILD_OFFLINE: "1" },
  });
  expect(set.proxyEnv).toEqual({ http_proxy: settings.APT_PROXY, https_proxy: settings.APT_PROXY });
  expect(set.archives).toEqual([
    { name: "debian", direct: false, addresses: ["http://m.example/debian"], candidates: [] },
  ]);
});
