import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExec, removeTree } from "@pibuild/core";
import { createNxRig, needs, type Rig } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect } from "vitest";
import { type GuestFiles, makeGuest, runGuest } from "./guest.ts";
import { guestPaths, shortWord } from "./guest-paths.ts";
import { workspaceFiles } from "./workspace-files.ts";

/**
 * Debian's suites by their kernels: 5.10, 6.1, 6.12 and the newest. Before 6.7 binfmt_misc is the
 * machine's, from then on a namespace's.
 */
const suites = (
  process.env.PIBUILD_KERNELS_SUITES ?? "bullseye bookworm bookworm-backports trixie-backports"
).split(" ");
/** The kernel with which everything runs; with the others what depends on the kernel most. */
const fullSuite = "bookworm";
const repository = fileURLToPath(new URL("../..", import.meta.url));
const exec = createExec();

const guests = needs(
  ...(["root", "own mount namespace", "mksquashfs", "unsquashfs", "mmdebstrap", "mke2fs"] as const),
  ...(["qemu-aarch64-static", "qemu-system-x86_64", "musl-gcc"] as const),
);

let rig: Rig;
let directory: string;
let files: GuestFiles;
/** The layers that this machine's kernel makes of the same image. */
let layers: Readonly<Record<string, string>>;

beforeAll(async () => {
  rig = await createNxRig();
  directory = await mkdtemp("/var/tmp/pibuild-kernels-");
  await rig.write(workspaceFiles);
  const build = async (image: string) => {
    const { exitCode, stderr } = await rig.pibuild(["build", image, "--target", image], {
      PIBUILD_TWIN: "private",
    });
    if (exitCode !== 0) throw new Error(stderr);
  };
  await build("tiny");
  files = await filesOfGuests();
  await build("work");
  layers = await layersOf("work");
}, 20 * 60_000);
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await removeTree(directory);
});

/** This repository, the workspace with its first layers, and an arm64 tree. */
async function filesOfGuests(): Promise<GuestFiles> {
  const [digest = ""] = Object.values(await layersOf("tiny"));
  const tree = join(directory, "arm64");
  const blob = join(rig.store, "blobs/sha256", digest.slice(0, 2), digest);
  await exec.run({ program: "unsquashfs", args: ["-q", "-n", "-d", tree, blob] });
  const workspace = join(directory, "workspace");
  await cp(rig.path, workspace, {
    recursive: true,
    filter: (path) => !/\/(node_modules|\.nx|\.pibuild|dist)$/.test(path),
  });
  await mkdir(join(workspace, "node_modules"));
  for (const name of ["nx", "@pibuild", ".bin"]) {
    const target = join(guestPaths.repository, "node_modules", name);
    await symlink(target, join(workspace, "node_modules", name));
  }
  const store = join(directory, "store");
  await exec.run({ program: "cp", args: ["-a", rig.store, store] });
  const parts = ["node_modules", "packages", "apps", "test", "package.json", "nx.json"];
  return {
    ...Object.fromEntries(
      parts.map((name) => [join(guestPaths.repository, name), join(repository, name)]),
    ),
    [guestPaths.workspace]: workspace,
    [guestPaths.store]: store,
    [guestPaths.tree]: tree,
  };
}

async function layersOf(image: string): Promise<Record<string, string>> {
  const latest = join(rig.store, "latest", image);
  const records = (await readdir(latest)).sort().map(async (name) => {
    const { step, layer } = JSON.parse(await readFile(join(latest, name), "utf8"));
    return [step, layer.digest] as const;
  });
  return Object.fromEntries(await Promise.all(records));
}

for (const suite of suites) {
  guests(
    `with the kernel of Debian's ${suite} and a shared root every command leaves the machine as it was`,
    async () => {
      const place = join(directory, suite);
      await mkdir(place);
      const short = suite !== fullSuite;
      const console = await runGuest(await makeGuest(suite, place, files), short ? shortWord : "");
      await rm(place, { recursive: true });
      const told = new Map(
        console.flatMap((line) => {
          const report = /^KERNEL (\{.*\})/.exec(line)?.[1];
          if (report === undefined) return [];
          const { what, value } = JSON.parse(report);
          return [[what as string, value]];
        }),
      );
      const end = console.slice(-60).join("\n");
      expect(console, end).toContainEqual(expect.stringMatching(/^KERNEL done/));
      process.stdout.write(`${suite}: Linux ${told.get("kernel")}\n`);
      expect(told.get("root")).toBe(true);

      const nothing = (value: unknown) => ({ value, left: [] });
      expect(told.get("doctor").left).toEqual([]);
      expect(told.get("doctor again")).toEqual(told.get("doctor"));
      expect(told.get("doctor as a user").left).toEqual([]);
      for (const what of ["build", "no-op", "build without the twin", "build as a user"])
        expect(told.get(what), what).toEqual(nothing(0));
      expect(told.get("every other command as a user").left).toEqual([]);
      for (const what of ["build, SIGKILL", "build, SIGTERM"])
        expect(told.get(what), what).toEqual(nothing("killed"));
      for (const what of ["layers", "layers without the twin", "layers as a user"])
        expect(told.get(what), what).toEqual(layers);
      expect(told.get("clean")).toEqual(nothing(0));
      expect(told.get("blobs after clean")).toEqual([]);
      if (short) return;
      // The other way to redirect works without them.
      expect(told.get("without user namespaces")).toEqual(
        nothing({
          ...{ doctor: 0, built: 0 },
          twin: "programs are redirected by a handler for the whole machine, while a step runs",
        }),
      );
      expect(told.get("chain of 60 steps")).toEqual(nothing(0));
      expect(told.get("layers of the chain")).toBe(61);
      expect(told.get("two builds in shared mode, and a container beside them")).toEqual(
        nothing({ builds: [0, 0], machines: ["aarch64 0"] }),
      );
      const [work, second] = told.get("layers of two at once");
      expect(work).toEqual(layers);
      expect(second["second/00-awkward"]).toBe(layers["work/00-awkward"]);
    },
    100 * 60_000,
  );
}
