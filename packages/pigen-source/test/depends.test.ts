import { parseDepends } from "@pibuild/pigen-source";
import { expect, test } from "vitest";

test("depends names programs, with the package where that has another name", () => {
  expect(parseDepends("# all\nquilt zip # both\nrealpath:coreutils\n\nxz:xz-utils\n")).toEqual([
    { program: "quilt", debianPackage: "quilt" },
    { program: "zip", debianPackage: "zip" },
    { program: "realpath", debianPackage: "coreutils" },
    { program: "xz", debianPackage: "xz-utils" },
  ]);
});
