import { sha256 } from "@pibuild/core";
import { expect, test } from "vitest";
import { type Lock, laterSources } from "../src/index.ts";

/** A lock whose later release of an archive lies at a path. */
const lock = (path: string, components?: readonly string[]): Lock => ({
  ...{ image: "pi", release: "bookworm", architecture: "arm64", packages: [] },
  releases: [
    {
      ...{ archive: "vendor+1", path, sha256: sha256(""), size: 1 },
      ...(components === undefined ? {} : { components }),
    },
  ],
});

test.each([
  ["dists/bookworm/InRelease", ["main", "extra"], "bookworm main extra"],
  ["dists/bookworm/updates/InRelease", ["main"], "bookworm/updates main"],
  // Archives without `dists/` have a directory in place of suite and components, sources.list(5).
  ["InRelease", [""], "./"],
  ["InRelease", undefined, "./"],
  ["stable/InRelease", [], "stable/"],
])("apt finds the later release at %s with components %j", (path, components, rest) => {
  const archives = [{ name: "vendor", addresses: [], candidates: [], keyring: "/keys/vendor.gpg" }];
  const [source] = laterSources(lock(path, components), archives);
  expect(source?.line("/k.gpg")).toBe(
    `deb [signed-by=/k.gpg] http://1.vendor.pibuild.invalid ${rest}`,
  );
});
