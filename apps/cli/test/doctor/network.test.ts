import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { clockIsRight } from "../../src/doctor/checks/clock-is-right.ts";
import { mirrorsAnswer } from "../../src/doctor/checks/mirrors-answer.ts";
import { examine } from "./host-table.ts";

const minutes = 60_000;
const noon = Date.UTC(2027, 0, 1, 12);
const debian = "http://mirror.example/debian/dists/bookworm/InRelease";
const raspberryPi = "http://archive.raspberrypi.com/debian/dists/bookworm/InRelease";
const refused = { failure: "the connection was refused" };

describe("the clock", () => {
  test.each([
    ["right", 0, "ok"],
    ["a little slow", -4, "ok"],
    ["slow, so that apt refuses new lists", -6, "fail"],
    ["fast", 6, "warn"],
  ])("%s", async (_name, offset, status) => {
    const found = await examine(clockIsRight, { now: noon + offset * minutes });
    expect(found).toMatchObject({ status });
    expect(found?.fix !== undefined).toBe(status !== "ok");
  });
  test("1970 fails without asking anyone", async () => {
    const found = await examine(clockIsRight, { now: 0, answers: { [debian]: refused } });
    expect(found).toMatchObject({ status: "fail", fix: "timedatectl set-ntp true" });
    expect(found?.detail).toContain("1970-01-01 00:00 UTC");
  });
  test("on WSL the hardware's clock is what to go by", async () => {
    const facts = { now: noon - 60 * minutes, wsl: { version: 2, systemd: true } as const };
    expect((await examine(clockIsRight, facts))?.fix).toBe("sudo hwclock --hctosys");
  });
  test("where no mirror answers there is nothing to compare with", async () => {
    const found = await examine(clockIsRight, { answers: { [debian]: refused } });
    expect(found?.detail).toContain("no mirror answered");
    expect(found?.status).toBe("ok");
  });
});

describe("mirrors", () => {
  test("Raspberry Pi's archive is asked only for stages of pi-gen", async () => {
    const answers = { [raspberryPi]: refused };
    expect(await examine(mirrorsAnswer, { answers })).toMatchObject({ status: "ok" });
    for (const asked of [{ image: { piGen: true } }, { needed: { upstream: true } }]) {
      const found = await examine(mirrorsAnswer, { answers, ...asked });
      expect(found?.detail).toBe(
        "http://archive.raspberrypi.com/debian: the connection was refused",
      );
      // It has no mirror that a variable could name.
      expect(found?.fix).toBe("check the network, or name a proxy with APT_PROXY");
    }
  });
  test.each([
    [{ status: 404 }, "it does not have bookworm"],
    [{ status: 503 }, "it answers 503"],
    [refused, "the connection was refused"],
  ])("%j fails where nothing was downloaded before", async (answer, words) => {
    const found = await examine(mirrorsAnswer, { answers: { [debian]: answer } });
    expect(found?.status).toBe("fail");
    expect(found?.detail).toBe(`http://mirror.example/debian: ${words}`);
    expect(found?.fix).toContain("APT_MIRROR");
  });
  test("offline is a warning where packages of the release were downloaded before", async () => {
    await using cache = await mkdtempDisposable(join(tmpdir(), "pibuild-cache-"));
    const facts = { answers: { [debian]: refused }, cache: cache.path };
    const packages = join(cache.path, "packages", "bookworm-arm64");
    await mkdir(join(packages, "partial"), { recursive: true });
    expect(await examine(mirrorsAnswer, facts)).toMatchObject({ status: "fail" });
    await writeFile(join(packages, "bash_5.2_arm64.deb"), "");
    expect(await examine(mirrorsAnswer, facts)).toMatchObject({ status: "warn" });
  });
  test("a mirror's password is not shown", async () => {
    const found = await examine(mirrorsAnswer, {
      image: { mirror: "http://me:secret@m.example/d" },
    });
    expect(found?.detail).toBe("http://***@m.example/d");
  });
});
