import {
  chown,
  lchown,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { enterDirectory, ForeignDirectory, trustedOwners } from "../src/index.ts";
import { needs } from "./needs.ts";

const asRoot = needs("root");
const [caller, other] = [1234, 4321];
const owners = new Set([0, caller]);

describe("a directory that root enters", () => {
  let scratch: string;
  let inside: string;
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), "pibuild enter-"));
    inside = join(scratch, "theirs", "inside");
    await mkdir(inside, { recursive: true });
    await chown(join(scratch, "theirs"), caller, caller);
  });
  afterEach(() => rm(scratch, { recursive: true }));

  asRoot("may be root's, or of who called, also through links of theirs", async () => {
    await symlink("theirs/../theirs", join(scratch, "relative"));
    await symlink(join(scratch, "relative", "inside"), join(scratch, "absolute"));
    await lchown(join(scratch, "relative"), caller, caller);
    await writeFile(join(inside, "file"), "");
    for (const path of [inside, join(scratch, "absolute"), join(scratch, "relative/inside")]) {
      await using entered = await enterDirectory(path, owners);
      expect(await readdir(entered.path)).toEqual(["file"]);
    }
  });

  asRoot("is refused where it, one above it, or a link to it is another's", async () => {
    await symlink(inside, join(scratch, "link"));
    await lchown(join(scratch, "link"), other, other);
    const refused = async (path: string) =>
      await expect(enterDirectory(path, owners)).rejects.toThrow(ForeignDirectory);
    await refused(join(scratch, "link"));
    await chown(inside, other, other);
    await refused(inside);
    await chown(inside, 0, 0);
    await chown(join(scratch, "theirs"), other, other);
    await refused(inside);
    // With their own rights alone nobody is led astray.
    await using entered = await enterDirectory(inside, undefined);
    expect(entered.path).toBe(inside);
  });

  asRoot("stays the same one when its name leads elsewhere", async () => {
    await using entered = await enterDirectory(inside, owners);
    await rename(inside, join(scratch, "moved"));
    await symlink("/etc", inside);
    await writeFile(join(entered.path, "file"), "");
    expect(await readdir(join(scratch, "moved"))).toEqual(["file"]);
  });

  asRoot("is none where its links go round, or it is a file", async () => {
    await symlink("round", join(scratch, "round"));
    await expect(enterDirectory(join(scratch, "round"), owners)).rejects.toThrow("ELOOP");
    await writeFile(join(scratch, "file"), "");
    const file = enterDirectory(join(scratch, "file"), owners);
    await expect(file).rejects.toMatchObject({ code: "ENOTDIR" });
  });
});

asRoot("root trusts itself, who called, and whoever it is told to", () => {
  expect(trustedOwners({})).toEqual(new Set([0]));
  expect(trustedOwners({ SUDO_UID: "1234" }, [7])).toEqual(new Set([0, 1234, 7]));
});
