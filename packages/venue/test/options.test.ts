import { expect, test } from "vitest";
import { venueChoice } from "../src/options.ts";

test("a flag wins over a variable, and that over image.yaml", () => {
  const env = { PIBUILD_CONTAINER_IMAGE: "of-variable", PIBUILD_VENUE: "container" };
  const sources = { flags: {}, env, containerImage: "of-yaml" };
  expect(venueChoice(sources)).toEqual({
    venue: "container",
    engine: "auto",
    image: "of-variable",
  });
  const flags = { venue: "native", engine: "podman", image: "of-flag" };
  expect(venueChoice({ ...sources, flags })).toEqual(flags);
  expect(venueChoice({ flags: {}, env: {}, containerImage: "of-yaml" }).image).toBe("of-yaml");
});

test.each([
  [
    { venue: "contianer" },
    {},
    "--venue is `contianer`; one of auto, native, container is expected; did you mean `container`?",
  ],
  [
    {},
    { PIBUILD_CONTAINER_ENGINE: "lxc" },
    "PIBUILD_CONTAINER_ENGINE is `lxc`; one of auto, docker, podman is expected",
  ],
  [{ image: "" }, {}, "--container-image is ``; a name is expected"],
])("what is not known is named with where it was written: %o %o", (flags, env, message) => {
  expect(() => venueChoice({ flags, env })).toThrow(message);
});

test("an empty variable counts as not set", () => {
  expect(venueChoice({ flags: {}, env: { PIBUILD_VENUE: "" } }).venue).toBe("auto");
});
