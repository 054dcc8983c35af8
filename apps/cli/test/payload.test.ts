import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { createRig, needs, type Rig } from "@pibuild/test-kit";
import { expect, onTestFinished, test } from "vitest";

const it = needs("mkfs.vfat", "mcopy", "openssl", "bash");
const vectors = join(import.meta.dirname, "../../../packages/kn86fw/test/vectors");
const goodKey = join(vectors, "keys/device/first.pub");
const vector = (name: string) => join(vectors, "payloads", `${name}.kn86fw`);

async function openRig(): Promise<Rig> {
  const rig = await createRig();
  onTestFinished(() => rig[Symbol.asyncDispose]());
  return rig;
}

/** Keys, a card's partitions and two systems, as tools that are not ours make them. */
const prepare = `
  openssl genpkey -algorithm ed25519 -out key.pem && openssl pkey -in key.pem -pubout -out key.pub
  export MTOOLS_SKIP_CHECK=1
  system() { # name, letter
    printf '%-511s\\n' 'console=tty1 root=PARTUUID=4b4e3836-04 rootwait' > cmdline.txt
    truncate -s 40M "$1-boot"; mkfs.vfat --invariant -F 32 -s 1 -n BOOT "$1-boot" >/dev/null
    yes "$1" | head -c 300000 > config.txt
    mcopy -i "$1-boot" config.txt cmdline.txt ::
    { yes common | head -c 4194304; yes "$1" | head -c 1048576; } > "$1-root"
  }
  system old; system new
  printf '[all]\\ntryboot_a_b=1\\nboot_partition=2\\n[tryboot]\\nboot_partition=3\\n' > autoboot.txt
  while [ $(stat -c %s autoboot.txt) -lt 512 ]; do echo >> autoboot.txt; done
  truncate -s 64M common; mkfs.vfat --invariant -F 32 -s 1 -n COMMON common >/dev/null
  mcopy -i common autoboot.txt ::
  truncate -s 40M boot-b; truncate -s 5M root-b; mkdir state
  printf 'COMPATIBLE=kn86-deckline\\nBOARD=zero2w\\nLAYOUT=%064d\\nVERSION=1.0.0\\nSECURITY_EPOCH=1\\n' 0 > device`;

const buildArguments = (system: string, version: string) => [
  ...["payload", "build", "--boot", `${system}-boot`, "--root", `${system}-root`],
  ...["--root-a", "4b4e3836-04", "--root-b", "4b4e3836-05", "--system-version", version],
  ...["--security-epoch", "1", "--compatible", "kn86-deckline", "--board", "zero2w"],
  ...["--layout", "0".repeat(64), "--output", `${system}.kn86fw`],
];

it("a card is updated by a delta, made of two payloads and signed", async () => {
  const rig = await openRig();
  await createExec().run({ program: "bash", args: ["-euc", prepare], cwd: rig.path });
  const run = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await rig.pibuild(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr });
    return { stdout, stderr };
  };
  await run(...buildArguments("old", "1.0.0"));
  await run(...buildArguments("new", "1.1.0"));
  await run("payload", "sign", "old.kn86fw", "--key", "key.pem");
  await run("payload", "sign", "new.kn86fw", "--key", "key.pem");
  await run(
    ...["payload", "delta", "new.kn86fw", "old.kn86fw", "--key", "key.pub"],
    ...["--output", "delta.kn86fw"],
  );
  await run("payload", "sign", "delta.kn86fw", "--key", "key.pem");
  const shown = await run("payload", "inspect", "delta.kn86fw", "--json");
  const { images, manifest } = JSON.parse(shown.stdout);
  expect(manifest.base.version).toBe("1.0.0");
  expect(images[1]).toMatchObject({ name: "root", copiedBytes: 4194304 });
  const { stderr } = await run(
    ...["payload", "verify", "delta.kn86fw", "--key", "key.pub", "--device", "device"],
    ...["--base-boot", "old-boot", "--base-root", "old-root"],
  );
  expect(stderr).toContain("is whole: kn86-deckline 1.1.0 upon 1.0.0 for zero2w");
  await run(
    ...["payload", "apply", "delta.kn86fw", "--key", "key.pub", "--device", "device"],
    ...["--state", "state", "--common", "common", "--boot", "boot-b", "--root", "root-b"],
    ...["--base-boot", "old-boot", "--base-root", "old-root", "--commit"],
  );
  const read = (name: string) => readFile(join(rig.path, name));
  expect((await read("root-b")).equals(await read("new-root"))).toBe(true);
  const [made, wanted] = [await read("boot-b"), await read("new-boot")];
  expect(made.toString("latin1").replace("4b4e3836-05", "4b4e3836-04")).toBe(
    wanted.toString("latin1"),
  );
  expect((await read("common")).includes("boot_partition=3\n[tryboot]\nboot_partition=2")).toBe(
    true,
  );
  expect(await readFile(join(rig.path, "state/floor"), "utf8")).toContain("VERSION=1.1.0");
});

test("a payload that is refused says why, what to do, and ends with 7", async () => {
  const rig = await openRig();
  const { exitCode, stdout, stderr } = await rig.pibuild([
    ...["payload", "verify", vector("good-full"), "--key", goodKey],
    ...["--device", join(vectors, "devices/other-board")],
  ]);
  expect({ exitCode, stdout, stderr }).toMatchInlineSnapshot(`
    {
      "exitCode": 7,
      "stderr": "error: payload \`good-full.kn86fw\` is refused (board): it is for zero2w, and this is pi4

    hint: take the payload that was built for this board",
      "stdout": "",
    }
  `);
});

test("whose signature counts has to be said", async () => {
  const rig = await openRig();
  const { exitCode, stderr } = await rig.pibuild(["payload", "verify", vector("good-full")]);
  expect({ exitCode, stderr }).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error: whose signature counts? name a public key with --key, or say --unsigned

    hint: run \`pibuild help\` for the commands",
    }
  `);
});

test("inspect shows what a payload says of itself", async () => {
  const rig = await openRig();
  const { stdout } = await rig.pibuild(["payload", "inspect", vector("good-delta")]);
  expect(stdout).toMatchInlineSnapshot(`
    "version         1.2.0
    security epoch  3
    product         kn86-deckline
    boards          zero2w
    layout          1111111111111111111111111111111111111111111111111111111111111111
    made            2026-01-01T00:00:00.000Z
    base            1.2.0 (a delta)
    file            15.0 KiB
    boot            72.0 KiB: 36.0 KiB as 2.7 KiB, 0 B zeros, 36.0 KiB from the base
    root            136.0 KiB: 24.0 KiB as 1.9 KiB, 64.0 KiB zeros, 48.0 KiB from the base
    signed by       fd110d301d2f077de1414b8f99f441b1403fab207b2052fbd2c065e4ee8e7dc2"
  `);
});

test("a key that is none, and a payload that is not there, are said", async () => {
  const rig = await openRig();
  await copyFile(vector("good-full"), join(rig.path, "p.kn86fw"));
  await rig.write({ "key.pem": "no key\n" });
  const signed = await rig.pibuild(["payload", "sign", "p.kn86fw", "--key", "key.pem"]);
  expect(signed).toMatchInlineSnapshot(`
    {
      "exitCode": 3,
      "stderr": "error: what was given as a private key is no Ed25519 key in PEM

    hint: make a pair with \`openssl genpkey -algorithm ed25519\`",
      "stdout": "",
    }
  `);
  const missing = await rig.pibuild(["payload", "inspect", "q.kn86fw"]);
  expect(missing).toMatchInlineSnapshot(`
    {
      "exitCode": 3,
      "stderr": "error: the payload is missing: \`q.kn86fw\` does not exist
      Caused by: ENOENT: no such file or directory, open 'q.kn86fw'

    hint: create \`q.kn86fw\`, or run pibuild in the workspace that holds it",
      "stdout": "",
    }
  `);
});
