import { expect, test } from "vitest";
import { venuePackages } from "../../src/venue/container/venue-image.ts";

test("a container has what steps, disks and build.sh need, and on arm64 no emulation", () => {
  const amd64 = venuePackages("x64");
  const arm64 = venuePackages("arm64");
  expect(amd64).toEqual(expect.arrayContaining(["debootstrap", "mtools", "squashfs-tools"]));
  expect(amd64).toContain("qemu-user-static");
  expect(arm64.filter((name) => name.includes("qemu"))).toEqual([]);
  expect(arm64).toContain("squashfs-tools");
});
