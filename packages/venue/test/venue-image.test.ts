import { expect, test } from "vitest";
import { venuePackages } from "../src/container/venue-image.ts";

test("a container brings an emulator of arm64 programs, and none where they run by themselves", () => {
  const emulators = (arch: string) => venuePackages(arch).filter((name) => name.includes("qemu"));
  expect(emulators("x64")).toEqual(["qemu-user-static"]);
  expect(emulators("arm64")).toEqual([]);
});
