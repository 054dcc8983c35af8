import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventBody, removeTree } from "@pibuild/core";
import { writeTree } from "@pibuild/test-kit";
import { expect, onTestFinished, test } from "vitest";
import { baseImages } from "../src/container/base-image.ts";
import { firstThatWorks } from "../src/first-that-works.ts";
import type { VenueRequest } from "../src/venue-request.ts";
import { engineThat } from "./engine-that.ts";

const dockerfile = "ARG BASE_IMAGE=debian:bullseye\nFROM ${BASE_IMAGE}\n";

/** What a build with stages of this pi-gen asks for. */
async function request(files: Readonly<Record<string, string>> = { Dockerfile: dockerfile }) {
  const path = await mkdtemp(join(tmpdir(), "pibuild base-"));
  onTestFinished(() => removeTree(path));
  const checkout = { "build.sh": "export ARCH=arm64\n", "scripts/common": "", "stage0/x": "" };
  await writeTree(path, { ...checkout, ...files });
  const events: EventBody[] = [];
  return {
    events,
    of: (image: string): VenueRequest => ({
      choice: { venue: "container", engine: "auto", image },
      workspace: path,
      image: { release: "bookworm", piGen: path } as VenueRequest["image"],
      env: { PIGEN_DIR: path },
      emit: (event) => events.push(event),
    }),
  };
}

/** Docker without a bridge, which has these images and builds or pulls others. */
function docker(images: string[], works = true) {
  return engineThat((args) => {
    if (args.startsWith("network")) return undefined;
    const [, name = ""] = /^image inspect (.*)$/.exec(args) ?? [];
    if (name !== "")
      return images.includes(name) ? JSON.stringify([{ Id: `of ${name}` }]) : undefined;
    if (!works) return undefined;
    images.push(/--tag (\S+)/.exec(args)?.[1] ?? args.replace("pull ", ""));
    return "";
  });
}

test("pi-gen's own image is built of its Dockerfile, once, and again of another", async () => {
  const engine = docker([]);
  const first = (await request()).of("auto");
  const image = await firstThatWorks(baseImages(engine, first), first.emit);
  expect(image).toMatchObject({ name: "pi-gen's own image", id: `of ${image.reference}` });
  const builds = () => engine.calls.filter((call) => call.startsWith("build "));
  expect(builds()).toEqual([
    `build --force-rm --network host --build-arg BASE_IMAGE=debian:bookworm --tag ${image.reference} ${first.workspace}`,
  ]);

  const same = (await request()).of("auto");
  expect(await firstThatWorks(baseImages(engine, same), same.emit)).toEqual(image);
  expect(builds()).toHaveLength(1);

  const other = (await request({ Dockerfile: `${dockerfile}RUN true\n` })).of("auto");
  const another = await firstThatWorks(baseImages(engine, other), other.emit);
  expect(another.reference).not.toBe(image.reference);
  expect(builds()).toHaveLength(2);
});

test.each([
  [
    "that build-docker.sh names",
    `${"${DOCKER}"} build --build-arg BASE_IMAGE=debian:trixie -t pi-gen .`,
    dockerfile,
    "debian:trixie",
  ],
  [
    "of the image, where a variable is part of it",
    "build --build-arg BASE_IMAGE=debian:${SUITE}",
    dockerfile,
    "debian:bookworm",
  ],
  [
    "of the image, where that depends on the machine",
    "build --build-arg BASE_IMAGE=$BASE_IMAGE",
    dockerfile,
    "debian:bookworm",
  ],
  [
    "of a Dockerfile that takes no other",
    "build --build-arg BASE_IMAGE=debian:trixie",
    "FROM debian:sid\n",
    undefined,
  ],
])("pi-gen's own image is built on the Debian %s", async (_name, script, Dockerfile, base) => {
  const engine = docker([]);
  const asked = (await request({ Dockerfile, "build-docker.sh": `${script}\n` })).of("pi-gen");
  await firstThatWorks(baseImages(engine, asked), asked.emit);
  const [build = ""] = engine.calls.filter((call) => call.startsWith("build "));
  expect(/--build-arg BASE_IMAGE=(\S+)/.exec(build)?.[1]).toBe(base);
});

test("without a Dockerfile it is passed over with the reason, and Debian serves", async () => {
  const { of, events } = await request({});
  const image = await firstThatWorks(baseImages(docker([]), of("auto")), of("auto").emit);
  expect(image.reference).toBe("debian:bookworm");
  expect(events).toContainEqual({
    type: "venue-passed-over",
    venue: "container with pi-gen's own image",
    reason: expect.stringContaining("Dockerfile"),
  });
});

test("one that does not build is passed over; asked for by name, it is the error", async () => {
  const { of, events } = await request();
  const engine = docker(["debian:bookworm"], false);
  const image = await firstThatWorks(baseImages(engine, of("auto")), of("auto").emit);
  expect(image.reference).toBe("debian:bookworm");
  expect(events.map(({ type }) => type)).toContain("venue-passed-over");
  const asked = of("pi-gen");
  await expect(firstThatWorks(baseImages(engine, asked), asked.emit)).rejects.toMatchObject({
    code: "CONTAINER_IMAGE_FAILED",
  });
});

test("an image by name is pulled where it is missing, and nothing else is tried", async () => {
  const asked = (await request()).of("example.org/builder:1");
  const engine = docker([]);
  const image = await firstThatWorks(baseImages(engine, asked), asked.emit);
  expect(image).toMatchObject({ reference: asked.choice.image, id: `of ${asked.choice.image}` });
  expect(engine.calls).toContain("pull example.org/builder:1");
  expect(engine.calls.filter((call) => call.startsWith("build "))).toEqual([]);
});
