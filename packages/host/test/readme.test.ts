import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const directory = fileURLToPath(new URL("..", import.meta.url));

test("the README's example runs", async () => {
  const { stdout } = await runReadmeExample(directory, directory);
  expect(stdout.split("\n")).toEqual([
    "/home/pi/.cache/pibuild /mnt/store",
    "/mnt/c/images/kiosk",
    "C:/images",
  ]);
});
