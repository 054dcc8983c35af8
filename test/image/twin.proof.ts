import { chmod, cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { redirected } from "@pibuild/binfmt";
import { createExec, sha256File } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect } from "vitest";
import { createImageRig, forget, layerBlob, layersOf, repository } from "./image-rig.ts";

/*
 * What packages and scripts do in a chroot that is hard to get right, each once with the twin and
 * once without, on a real arm64 tree.
 */
const names = redirected.map((row) => row.package).filter((name) => name !== "sqv");
const scripts = {
  "00-reinstall": `apt-get install -y --no-install-recommends ${names.join(" ")} perl liblocale-gettext-perl locales
apt-get install -y --reinstall ${names.join(" ")}
apt-get -y dist-upgrade
dpkg --audit
dpkg --verify >/verified || true`,
  "01-files": `mkdir /awkward && cd /awkward
mknod null c 1 3 && mknod -m 600 block b 7 9 && mkfifo fifo
echo text >file && ln file hard && ln -s file soft && chown 12:34 file && chmod 4751 hard
cp /bin/true program && setcap cap_net_raw+ep program 2>/dev/null || true
dpkg-divert --add --rename --divert /usr/bin/cal.real /usr/bin/cal
update-alternatives --install /usr/bin/thing thing /bin/true 1
useradd --create-home somebody
passwd --lock somebody`,
  "02-answers": `{
uname -m; arch; getconf LONG_BIT; bash -c 'echo $MACHTYPE'
dpkg --print-architecture; apt-config dump | grep '^APT::Architecture'
perl -MConfig -MPOSIX -e 'print "$Config{archname} $^X $0 ", (POSIX::uname())[4], "\\n"'
perl -MLocale::gettext -MEncode -e 'print encode("UTF-8", decode("iso-8859-1", "caf\\xe9")), "\\n"'
perl -e 'print "$_\\n" for sort grep { -d } map { s{^/lib}{/usr/lib}r =~ s{/+$}{}r } @INC'
python3 -c 'import platform, ssl; print(platform.machine(), ssl.OPENSSL_VERSION)'
echo caf\u00e9 | iconv -t latin1 | od -c
LC_ALL=C.UTF-8 sort <<<$'b\nA\na'
env -i /usr/bin/env; ls /proc/self/fd; id; umask; echo $0
awk 'BEGIN { print ENVIRON["STAGE"] }'
} >/answers 2>&1`,
  "03-compiled": `localedef -i de_DE -f ISO-8859-1 de_DE.ISO-8859-1
LC_ALL=de_DE.ISO-8859-1 printf 'gr\\xfcn\\n' | LC_ALL=de_DE.ISO-8859-1 grep -c 'gr.n' >/answers-latin
py3compile /usr/lib/python3.*/json/*.py
rm -f /home/somebody/.bash_history; depmod --version >/dev/null`,
};

/** Those that run stages in a chroot. */
const contractTests = ["order", "chroot", "skip", "packages", "patches"].map(
  (name) => `packages/pigen-runner/test/${name}.test.ts`,
);
const vitest = join(repository, "node_modules/vitest/vitest.mjs");

const rig = await createImageRig();
afterAll(() => rig[Symbol.asyncDispose]());

beforeAll(async () => {
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(rig.path, path)), { recursive: true });
    await writeFile(join(rig.path, path), text);
    await chmod(join(rig.path, path), 0o755);
  };
  await write(
    "apps/awkward/image.yaml",
    "stages: [stages/tiny, stages/awkward]\nexport: stages/export\nsettings: { SETFCAP: 1 }\n",
  );
  await write(
    "stages/tiny/prerun.sh",
    `#!/bin/bash -e\nbootstrap "\${RELEASE}" "\${ROOTFS_DIR}" --include=apt,libcap2-bin,ca-certificates,python3\n`,
  );
  await write(
    "apps/copying/image.yaml",
    "stages: [stages/tiny, stages/copying]\nexport: stages/export\n",
  );
  await write("stages/copying/00-copy/00-run-chroot.sh", "cat /proc/self/exe >/copy\n");
  await write("stages/tiny/00-update/00-run-chroot.sh", "apt-get update\n");
  for (const [name, script] of Object.entries(scripts))
    await write(`stages/awkward/${name}/00-run-chroot.sh`, `${script}\n`);
});

const onTwin = needs(
  "own mount namespace",
  "mksquashfs",
  "mmdebstrap",
  "qemu-aarch64-static",
  "musl-gcc",
);
const build = (env: Readonly<Record<string, string>> = {}) =>
  rig.pibuild(["build", "awkward", "--target", "awkward", "--json"], env);
let withTwin: Record<string, string>;

onTwin(
  "reinstalling every redirected package, and awkward calls, leave the same without the twin",
  async () => {
    await build();
    withTwin = await layersOf(rig, "awkward");
    for (const name of Object.keys(scripts)) await forget(rig, "awkward", `awkward/${name}`);
    await build({ PIBUILD_TWIN: "0" });
    expect(await layersOf(rig, "awkward")).toEqual(withTwin);
  },
);

onTwin("a handler for the whole machine, as older kernels need, gives the same", async () => {
  for (const name of Object.keys(scripts)) await forget(rig, "awkward", `awkward/${name}`);
  await build({ PIBUILD_TWIN: "shared" });
  expect(await layersOf(rig, "awkward")).toEqual(withTwin);
});

onTwin("a step that copies the program it runs as is refused, and works without", async () => {
  const run = (env: Readonly<Record<string, string>> = {}) =>
    rig.pibuild(["build", "copying", "--target", "copying"], env);
  await expect(run()).rejects.toThrow(
    "copied a program that ran in place of the image's own to `/copy`",
  );
  await run({ PIBUILD_TWIN: "0" });
});

onTwin("a twin with a flipped bit is made again", async () => {
  const blob = await twinBlob();
  const bytes = await readFile(blob);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(blob, bytes);
  await forget(rig, "awkward", "awkward/02-answers");
  await build();
  expect(await layersOf(rig, "awkward")).toEqual(withTwin);
  const remade = await twinBlob();
  expect(await sha256File(remade)).toBe(basename(remade));
});

onTwin("the contract stages leave the same with it, and every rule holds", async () => {
  const base = await layerBlob(rig, "awkward", "tiny/prerun");
  const digests = async (name: string, env: Readonly<Record<string, string>>) => {
    const file = join(rig.path, "..", name);
    await createExec().run({
      program: "node",
      args: [vitest, "run", "--project", "unit", ...contractTests],
      cwd: repository,
      env: { PIBUILD_CONTRACT_LAYER: base, PIBUILD_CONTRACT_DIGESTS: file, ...env },
    });
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n").sort();
    // What `log` prints is in that layer: the time of day.
    return lines.filter((line) => !line.startsWith("t/inside__04-arguments.json"));
  };
  const twin = join(rig.path, "..", "twin-store");
  const blob = await twinBlob();
  await cp(join(rig.store, "twins"), join(twin, "twins"), {
    recursive: true,
    preserveTimestamps: true,
  });
  await mkdir(join(twin, relative(rig.store, dirname(blob))), { recursive: true });
  await cp(blob, join(twin, relative(rig.store, blob)));
  const emulated = await digests("emulated", {});
  expect(emulated.length).toBeGreaterThan(30);
  expect(await digests("redirected", { PIBUILD_TEST_TWIN: twin })).toEqual(emulated);
});

async function twinBlob(): Promise<string> {
  const records = await readdir(join(rig.store, "twins"));
  expect(records).toHaveLength(1);
  const text = await readFile(join(rig.store, "twins", records[0] ?? ""), "utf8");
  const { digest } = JSON.parse(text);
  return join(rig.store, "blobs/sha256", digest.slice(0, 2), digest);
}
