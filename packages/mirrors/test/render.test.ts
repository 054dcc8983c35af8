import {
  lstat,
  mkdir,
  mkdtempDisposable,
  readdir,
  readFile,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createExec, sha256 } from "@pibuild/core";
import {
  makePackages,
  makeSigner,
  needs,
  releaseArchive,
  type Signer,
  serveMirror,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderFragments } from "../src/render/fragments.ts";

const onApt = needs("root", "apt-get", "gpgv");
const onShellcheck = needs("shellcheck");
const exec = createExec();
const defences = { retries: 1, timeoutMs: 5000, lines: ['APT::Install-Recommends "false";'] };
const on = "stage0/00-apt-mirrors-on";
const off = "export-image/03-apt-mirrors-off";

/** The programs of this machine around a Debian-like tree, and a shell in it: as pi-gen's on_chroot. */
const enter = `
mount --bind "$1/usr/local" "$2"
mount --bind /usr "$1/usr"
mount --bind "$2" "$1/usr/local"
mount --bind /dev "$1/dev"
mount -t proc proc "$1/proc"
exec chroot "$1" /bin/bash -e -c "$3"
`;

/** Nobody listens there. It has an address of its own: apt remembers those that refuse, and not the port. */
const dead = "http://127.0.0.2:9/debian";

describe("stages that hold apt to mirrors in a build without pibuild", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let signer: Signer;
  let archive: string;
  let count = 0;
  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-render-"));
    signer = await makeSigner();
    archive = join(scratch.path, "archive");
    await makePackages(archive, [{ name: "one" }]);
    await releaseArchive(archive, signer, { arch: "arm64" });
  });
  afterAll(async () => {
    await signer[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  /** A tree, the fragments for it, and what can be done with both. */
  async function rig(address: string, candidates: readonly string[]) {
    const directory = join(scratch.path, String(count++));
    const [root, piGen, hold] = ["rootfs", "pi-gen", "hold"].map((name) => join(directory, name));
    for (const name of ["etc/apt/apt.conf.d", "etc/apt/sources.list.d", "usr/local/sbin", "dev"])
      await mkdir(join(root ?? "", name), { recursive: true });
    for (const name of ["proc", "tmp", "var/lib/dpkg", "var/lib/apt/lists/partial"])
      await mkdir(join(root ?? "", name), { recursive: true });
    await mkdir(join(root ?? "", "var/cache/apt/archives/partial"), { recursive: true });
    await mkdir(hold ?? "", { recursive: true });
    const write = async (path: string, text: string) => writeFile(join(root ?? "", path), text);
    await write("var/lib/dpkg/status", "");
    await writeFile(join(root ?? "", "etc/apt/key.gpg"), await readFile(signer.keyring));
    await write(
      "etc/apt/apt.conf",
      'APT::Architecture "arm64"; APT::Architectures { "arm64"; }; APT::Sandbox::User "root";\n',
    );
    await exec.run({
      program: "bash",
      args: [
        "-ec",
        'for name in bin lib lib64 sbin; do cp -dT "/$name" "$0/$name"; done',
        root ?? "",
      ],
    });
    const archives = [{ name: "debian", addresses: [address], candidates }];
    for (const { path, text, executable } of renderFragments(archives, defences)) {
      const target = join(piGen ?? "", path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text, { mode: executable ? 0o755 : 0o644 });
    }
    return {
      root: root ?? "",
      write,
      read: (path: string) => readFile(join(root ?? "", path), "utf8"),
      /** A sub-stage's script, as pi-gen runs it. */
      step: (name: string) =>
        exec.run({
          program: { path: join(piGen ?? "", name, "00-run.sh") },
          args: [],
          cwd: join(piGen ?? "", name),
          env: { ROOTFS_DIR: root ?? "" },
        }),
      chroot: (script: string) =>
        exec.run({
          program: "unshare",
          args: [
            ...["--mount", "--propagation", "private", "bash", "-ec", enter, "bash"],
            ...[root ?? "", hold ?? "", script],
          ],
          env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
        }),
    };
  }

  /** Every name of a tree with its kind, mode and content. */
  async function listing(root: string): Promise<string[]> {
    const names = await readdir(root, { recursive: true });
    const lines = names.map(async (name) => {
      const found = await lstat(join(root, name));
      const content = found.isFile() ? sha256(await readFile(join(root, name))) : "";
      return `${name} ${found.mode.toString(8)} ${content}`;
    });
    return (await Promise.all(lines)).sort();
  }

  /** Both forms of sources, with what else stands in them. */
  const sources = (address: string) => ({
    "etc/apt/sources.list": `deb [signed-by=/etc/apt/key.gpg] ${address}/ bookworm main # of ours
#deb-src ${address} bookworm main
`,
    "etc/apt/sources.list.d/x.sources": `Types: deb
URIs: ${address}
Suites: bookworm
Components: main
Signed-By: /etc/apt/key.gpg
Enabled: no
`,
  });

  const fetch = "apt-get update --error-on=any && apt-get install --download-only -y one";

  onApt(
    "a dead mirror is passed over, also where a script writes sources and fetches",
    async () => {
      await using good = await serveMirror(archive);
      const address = "http://archive.example/debian";
      const tree = await rig(address, [dead, good.url]);
      const before = await listing(tree.root);
      await tree.step(on);
      for (const [path, text] of Object.entries(sources(address))) await tree.write(path, text);
      await tree.chroot(fetch);
      const archives = await readdir(join(tree.root, "var/cache/apt/archives"));
      expect(archives).toContain("one_1.0_all.deb");
      expect(await tree.read("etc/apt/sources.list")).toContain(
        "mirror+file:/etc/apt/build-mirrors/debian.list/ bookworm",
      );
      await tree.step(off);
      for (const [path, text] of Object.entries(sources(address)))
        expect(await tree.read(path)).toBe(text);
      const left = (await listing(tree.root)).filter(
        (line) => !before.includes(line) && !/ 40\d{3} $/.test(line),
      );
      expect(left.map((line) => line.replace(/ .*/s, "")).sort()).toEqual([
        ...["etc/apt/sources.list", "etc/apt/sources.list.d/x.sources"],
        "var/cache/apt/archives/lock",
        "var/cache/apt/archives/one_1.0_all.deb",
        "var/lib/apt/lists/archive.example_debian_dists_bookworm_InRelease",
        "var/lib/apt/lists/archive.example_debian_dists_bookworm_main_binary-arm64_Packages",
        ...["var/lib/apt/lists/lock", "var/lib/dpkg/lock", "var/lib/dpkg/lock-frontend"],
      ]);
    },
  );

  onApt("a dead mirror is passed over for several indexes at once", async () => {
    const components = ["main", "contrib", "non-free", "non-free-firmware"];
    const several = join(scratch.path, "several");
    await makePackages(several, [{ name: "one" }]);
    for (const suite of ["bookworm", "bookworm-updates"])
      await releaseArchive(several, signer, { suite, components, arch: "arm64" });
    await using good = await serveMirror(several);
    const address = "http://archive.example/debian";
    const tree = await rig(address, [dead, good.url]);
    await tree.step(on);
    const line = (suite: string) =>
      `deb [signed-by=/etc/apt/key.gpg] ${address} ${suite} ${components.join(" ")}\n`;
    await tree.write("etc/apt/sources.list", line("bookworm") + line("bookworm-updates"));
    await tree.chroot(fetch);
    const lists = await readdir(join(tree.root, "var/lib/apt/lists"));
    expect(lists.filter((name) => name.endsWith("_Packages"))).toHaveLength(8);
  });

  onApt("the tree is afterwards what it is without them, name by name", async () => {
    await using good = await serveMirror(archive);
    const trees = [];
    for (const mirrored of [true, false]) {
      const tree = await rig(good.url, [dead, good.url]);
      for (const [path, text] of Object.entries(sources(good.url))) await tree.write(path, text);
      const before = await listing(tree.root);
      if (mirrored) await tree.step(on);
      if (mirrored) expect(await listing(tree.root)).not.toEqual(before);
      await tree.chroot(fetch);
      await tree.step(off);
      trees.push(await listing(tree.root));
      // Indexes are known by their address again.
      await tree.chroot("apt-get install --download-only --no-download -y one");
    }
    expect(trees[0]).toEqual(trees[1]);
  });

  onApt("an apt that comes by another path is held to them from its second call on", async () => {
    await using good = await serveMirror(archive);
    const tree = await rig(good.url, [dead, good.url]);
    await tree.step(on);
    for (const [path, text] of Object.entries(sources(good.url))) await tree.write(path, text);
    await tree.chroot("/usr/bin/apt-get update --error-on=any");
    expect(await tree.read("etc/apt/sources.list")).toContain("mirror+file:");
    await tree.chroot("/usr/bin/apt-get install --download-only -y one");
    expect(await readdir(join(tree.root, "var/cache/apt/archives"))).toContain("one_1.0_all.deb");
  });

  onApt("put into a tree and out of it again, they leave nothing", async () => {
    const address = "http://archive.example/debian";
    const tree = await rig(address, ["http://mirror.example/a&b#c"]);
    for (const [path, text] of Object.entries(sources(address))) await tree.write(path, text);
    const before = await listing(tree.root);
    const { mtimeMs } = await stat(join(tree.root, "etc/apt/sources.list"));
    await tree.step(on);
    await tree.step(on);
    await tree.step(off);
    await tree.step(off);
    expect(await listing(tree.root)).toEqual(before);
    expect((await stat(join(tree.root, "etc/apt/sources.list"))).mtimeMs).toBe(mtimeMs);
  });
});

const archives = [
  {
    name: "debian",
    addresses: ["http://a.example/debian", "https://b.example/debian"],
    candidates: ["http://m.example/debian", "http://a.example/debian"],
  },
  {
    name: "raspberrypi",
    addresses: ["http://c.example/debian"],
    candidates: ["http://c.example/debian"],
    direct: true,
  },
];

test("the policy is in them: mirrors in order, what goes past a proxy, what apt is told", () => {
  const files = new Map(renderFragments(archives, defences).map(({ path, text }) => [path, text]));
  const own = `${on}/files/build-mirrors`;
  expect([...files.keys()].filter((path) => path.endsWith(".list"))).toEqual([
    ...[`${own}/debian.list`, `${own}/debian-2.list`, `${own}/raspberrypi.list`],
  ]);
  expect(files.get(`${own}/debian-2.list`)).toBe(
    "http://m.example/debian\tpriority:1\nhttp://a.example/debian\tpriority:2\n",
  );
  const conf = files.get(`${on}/files/90build-mirrors`);
  expect(conf).toContain('Acquire::http::Proxy::c.example "DIRECT";');
  expect(conf).not.toContain("Proxy::m.example");
  expect(conf).toContain('Acquire::Retries "1";');
  expect(conf).toContain('Acquire::http::Timeout "5";');
  expect(conf).toContain('APT::Install-Recommends "false";');
});

onShellcheck("shellcheck finds nothing in their scripts", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "pibuild-render-"));
  const scripts = renderFragments(archives, defences).filter(({ executable }) => executable);
  const paths = scripts.map((_, index) => join(directory.path, `${index}.sh`));
  for (const [index, { text }] of scripts.entries()) await writeFile(paths[index] ?? "", text);
  await exec.run({ program: "shellcheck", args: paths });
});
