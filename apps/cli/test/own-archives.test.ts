import { expect, test } from "vitest";
import { ownArchives } from "../src/mirrors/own-archives.ts";

test("an archive that only a lock has a second time is none that commands ask or write", () => {
  const archive = (name: string) => ({ name, addresses: [], candidates: [] });
  const archives = [archive("debian"), archive("debian+1"), archive("vendor+2")];
  expect(ownArchives({ archives }).map(({ name }) => name)).toEqual(["debian"]);
  expect(ownArchives(undefined)).toEqual([]);
});
