import { cp, mkdir, mkdtemp, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createExec, findCommand, ownProcesses, programsFor, removeTree } from "@pibuild/core";
import { needs, writeTree } from "@pibuild/test-kit";
import { expect } from "vitest";
import { compareTrees } from "../compare-trees.ts";
import { describeTree } from "../describe-tree.ts";
import { mountLayered } from "../layered-tree.ts";
import { volatile } from "../volatile.ts";

const cli = join(import.meta.dirname, "../../../apps/cli/bin/pibuild.mjs");
const contract = join(import.meta.dirname, "../contract");
const exec = createExec();

/** A config with what people write in one: quotes, expansions, defaults, own variables, all kinds of paths. */
const config = `#!/bin/bash
IMG_NAME=conformance
VERSION=7 # of the deck
TARGET_HOSTNAME="deck-\${VERSION}"
FIRST_USER_NAME='captain'
FIRST_USER_PASS='p$ss "word"'
export KIOSK_URL="https://example.org/\${VERSION}?a=b" KIOSK_MODE="\${MODE:-full screen}"
HELPER=unseen
ENABLE_SSH=1
WPA_COUNTRY=SE
TIMEZONE_DEFAULT=Etc/UTC
KEYBOARD_LAYOUT="German - no dead keys"
PUBKEY_SSH_FIRST_USER="ssh-ed25519 AAAA one
ssh-ed25519 BBBB two"
STAGE_LIST="\${BASE_DIR}/contract/base contract/order contract/left-out ./contract/files stage-seen"
`;

const seen = ["TARGET_HOSTNAME", "FIRST_USER_NAME", "FIRST_USER_PASS", "KIOSK_URL", "KIOSK_MODE"];
const more = [
  "ENABLE_SSH",
  "WPA_COUNTRY",
  "TIMEZONE_DEFAULT",
  "KEYBOARD_LAYOUT",
  "KEYBOARD_KEYMAP",
];
const rest = ["PUBKEY_SSH_FIRST_USER", "PUBKEY_ONLY_SSH", "LOCALE_DEFAULT", "RELEASE", "IMG_NAME"];
const names = [...seen, ...more, ...rest, "HELPER", "VERSION"];

/** Writes down each variable that a config can set, and whether it is there at all. */
const settings = `#!/bin/bash -e
{
${names.map((name) => `	echo "${name} \${${name}+is} '\${${name}-}'"`).join("\n")}
} >"\${ROOTFS_DIR}/settings"
`;

/** A project as people have them: pi-gen's own files, stages beside them, and a config. */
async function project(directory: string, piGen: string): Promise<string> {
  const path = join(directory, "project");
  await mkdir(path);
  for (const name of ["build.sh", "scripts", "depends", "export-image", "stage0"])
    await cp(join(piGen, name), join(path, name), { recursive: true });
  await cp(contract, join(path, "contract"), { recursive: true });
  await writeTree(path, {
    config,
    "stage-seen/prerun.sh": "#!/bin/bash -e\ncopy_previous\n",
    "stage-seen/00-settings/00-run.sh": settings,
  });
  return path;
}

/** Programs that build.sh asks for before its first stage, and that these stages do not need. */
async function stubs(directory: string, path: string): Promise<string> {
  const depends = (await readFile(join(path, "depends"), "utf8")).trim().split("\n");
  const missing = depends
    .map((line) => line.split(":")[0] ?? "")
    .filter((name) => !findCommand(name));
  const stub = "#!/bin/sh\nexit 0\n";
  // No program of arm64 is run: the tree holds this machine's.
  const files = ["arch-test", ...missing].map((name) => [`${name}.sh`, stub]);
  await writeTree(join(directory, "stubs"), Object.fromEntries(files));
  for (const [name = ""] of files) {
    const place = join(directory, "stubs", name);
    await cp(place, join(directory, "stubs", basename(name, ".sh")));
  }
  return join(directory, "stubs");
}

const test = needs(...programsFor("steps"), "own mount namespace", "PIGEN_DIR");

test("an adopted project leaves the tree that its own build.sh leaves", async () => {
  const directory = await mkdtemp("/var/tmp/pibuild-adopted-");
  try {
    const path = await project(directory, process.env.PIGEN_DIR ?? "");
    const PATH = `${await stubs(directory, path)}:${process.env.PATH}`;
    await exec.run({
      program: "unshare",
      args: [...ownProcesses, join(path, "build.sh")],
      cwd: path,
      env: { PATH },
    });
    const store = join(directory, "store");
    const env = { PIBUILD_STORE: store, PIBUILD_TWIN: "0" };
    const pibuild = (...args: string[]) =>
      exec.run({ program: "node", args: [cli, ...args], cwd: path, env });
    const { stderr } = await pibuild("init", "--no-sync");
    expect(stderr).toContain("config:8:1: `HELPER` is left out");
    expect(stderr).toContain("`contract/left-out` has a file SKIP, and is left out");
    await pibuild("build", "conformance", "--target", "stage-seen");
    const scratch = join(directory, "scratch");
    await mkdir(scratch);
    const layered = await mountLayered(exec, { path, store }, { stage: "stage-seen", scratch });
    const upstream = join(path, "work/conformance/stage-seen/rootfs");
    const [ours, theirs] = await Promise.all(
      [layered, upstream].map((tree) => readFile(join(tree, "settings"), "utf8")),
    );
    expect(theirs).toMatch(/^TARGET_HOSTNAME is 'deck-7'\n/);
    expect(ours).toBe(theirs);
    const { names: compared, differences } = compareTrees(
      await describeTree(exec, layered),
      await describeTree(exec, upstream),
      volatile,
    );
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(50);
    await exec.run({ program: "umount", args: ["--recursive", layered] });
  } finally {
    await removeTree(directory);
  }
});
