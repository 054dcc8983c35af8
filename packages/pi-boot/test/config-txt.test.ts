import { readConfigTxt } from "@pibuild/pi-boot";
import { expect, test } from "vitest";

const read = (files: Readonly<Record<string, string>>) => async (name: string) => files[name];

test("a board's sections, those of all, and included files count, in order", async () => {
  const files = {
    "config.txt": [
      "# a comment",
      "arm_64bit=1 # and another",
      "kernel = first",
      "[pi4]",
      "kernel=for-4",
      "[pi5]",
      "kernel=for-5",
      "[tryboot]",
      "kernel=trying",
      "[all]",
      "initramfs initrd followkernel",
      "include more.txt",
      "dtoverlay=a",
    ].join("\r\n"),
    "more.txt": "dtoverlay=b\n[none]\nkernel=never\n",
  };
  const four = await readConfigTxt(read(files), "cm4");
  expect(four.get("kernel")).toEqual(["first", "for-4"]);
  expect(four.get("initramfs")).toEqual(["initrd followkernel"]);
  expect(four.get("arm_64bit")).toEqual(["1"]);
  // The section that an included file ends in is still in force after it.
  expect(four.get("dtoverlay")).toEqual(["b"]);
  const any = await readConfigTxt(read(files));
  expect(any.get("kernel")).toEqual(["first", "for-4", "for-5"]);
});

test("a file that includes itself ends", async () => {
  const files = { "config.txt": `a=1\n${"include config.txt\n".repeat(9)}` };
  expect((await readConfigTxt(read(files), "pi3")).get("a")?.length).toBeGreaterThan(1);
  expect(await readConfigTxt(read({}), "pi3")).toEqual(new Map());
});
