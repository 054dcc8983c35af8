/** A long check of its own: what `npm test` does not do each time. */
export interface Proof {
  readonly name: string;
  /** A name for several that belong together, each with figures of its own. */
  readonly group?: string;
  /** What is true when it passes. */
  readonly proves: string;
  /** How long it takes on two quiet cores with a filled package cache. */
  readonly minutes: number;
  /** A variable without which it skips. */
  readonly needs?: string;
  /** Whether it measures, so that nothing may run beside it. */
  readonly measures?: boolean;
  readonly run: ProofRun;
  /** Files and directories that it depends on besides what its own files import. */
  readonly covers: readonly string[];
}

/** Test files, or a program of Node.js with its arguments: paths of this repository. */
export type ProofRun =
  | {
      readonly project: "unit" | "proof";
      readonly files: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    }
  | { readonly program: string; readonly args: readonly string[] };

/** What every build of an image depends on: the command line, its scripts, programs and locks. */
const building = [
  "apps/cli/src/main.ts",
  "packages/pigen-runner/scripts",
  "packages/binfmt/native",
  "pi-gen-pin.env",
  "pnpm-lock.yaml",
];
const debianLite = [
  ...building,
  "apps/debian-lite",
  "stages/debian-base",
  "stages/debian-lite",
  "stages/export",
  "stages/partitions",
];
const kn86 = [...debianLite, "apps/kn86", "stages", "tools/kn86"];

/** Debian's suites by their kernels. With that of bookworm everything runs. */
const kernels = [
  { kernel: "5.10", suite: "bullseye", minutes: 24 },
  { kernel: "6.1", suite: "bookworm", minutes: 60 },
  { kernel: "6.12", suite: "bookworm-backports", minutes: 24 },
  { kernel: "newest", suite: "trixie-backports", minutes: 24 },
].map(({ kernel, suite, minutes }): Proof => {
  const env = { PIBUILD_KERNELS_SUITES: suite };
  return {
    ...{ name: `kernels-${kernel}`, group: "kernels", minutes },
    proves: `with the kernel of Debian's ${suite}, systemd and a shared root, each command leaves the machine as it was, and layers are the same`,
    run: { project: "proof", files: ["test/kernels/kernels.proof.ts"], env },
    covers: [...building, "test/kernels/in-guest.ts"],
  };
});

/** Every proof, the longest first, so that shards come out even. */
export const proofs: readonly Proof[] = [
  {
    ...{ name: "rpios-bookworm", group: "rpios", needs: "PIGEN_DIR" },
    proves:
      "sugarkube and kn86-rpios are built whole from pi-gen's stages and export, grow and boot as on a card, and take updates",
    minutes: 60,
    run: { project: "proof", files: ["test/image/rpios.proof.ts"] },
    covers: [...kn86, "apps/sugarkube", "apps/kn86-rpios"],
  },
  {
    ...{ name: "rpios-trixie", group: "rpios", needs: "PIGEN_DIR" },
    proves: "sugarkube is built whole from pi-gen's stages for trixie, and boots",
    minutes: 30,
    run: { project: "proof", files: ["test/image/rpios-trixie.proof.ts"] },
    covers: [...kn86, "apps/sugarkube"],
  },
  {
    name: "set-ups",
    proves: "pi-gen as people set it up, in five ways, is adopted and built whole",
    minutes: 25,
    needs: "PIGEN_DIR",
    run: { project: "proof", files: ["test/image/set-ups.proof.ts"] },
    covers: kn86,
  },
  ...kernels,
  {
    name: "shared-cache",
    proves: "a second machine has two images from a registry in a tenth of the time, and no layer",
    minutes: 12,
    run: { project: "proof", files: ["test/image/shared-cache.proof.ts"] },
    covers: kn86,
  },
  {
    name: "release",
    proves: "a bare container of Debian makes a release, with the rights that build-image.sh names",
    minutes: 20,
    needs: "PIGEN_DIR",
    run: { project: "proof", files: ["test/image/release.proof.ts"] },
    covers: [
      ...kn86,
      "apps/kn86-rpios",
      "pibuild",
      "tools/ci",
      "tools/sd-provision",
      "tools/setup",
    ],
  },
  {
    name: "fuzz",
    proves: "readers of foreign bytes answer 100,000 inputs for each property as they promise",
    minutes: 22,
    run: {
      project: "unit",
      files: [
        "packages/pi-boot/test/autoboot-fuzz.test.ts",
        "packages/kn86fw/test/fuzz.test.ts",
        "packages/kn86fw/test/device/same-answers.test.ts",
        "packages/partitioner/test/fuzz.test.ts",
        "packages/layers/test/fuzz.test.ts",
        "packages/graph/test/manifest-fuzz.test.ts",
        "packages/pigen-runner/test/cache-fuzz.test.ts",
      ],
      env: { PIBUILD_FUZZ_RUNS: "100000" },
    },
    covers: [],
  },
  {
    name: "kn86-update",
    proves:
      "in QEMU the KN-86 takes an update, keeps it, leaves one that is not healthy, and loses nothing when the power goes",
    minutes: 14,
    run: { project: "proof", files: ["test/image/kn86-update.proof.ts"] },
    covers: kn86,
  },
  {
    name: "kn86",
    proves:
      "the KN-86's image is the same bytes when its stages are emulated, and boots to a kiosk",
    minutes: 6,
    run: { project: "proof", files: ["test/image/kn86.proof.ts"] },
    covers: kn86,
  },
  {
    name: "emulated",
    proves:
      "a second cold build of debian-lite, all of it emulated, gives the same layers and disk",
    minutes: 11,
    run: { project: "proof", files: ["test/image/emulated.proof.ts"] },
    covers: debianLite,
  },
  {
    name: "locked",
    proves:
      "a locked image is the same bytes when mirrors have moved, and elsewhere without a network from an exported directory",
    minutes: 10,
    run: { project: "proof", files: ["test/image/locked.proof.ts"] },
    covers: debianLite,
  },
  {
    name: "hostile-mirrors",
    proves:
      "a build whose mirrors fail in every way has the layers of one with a good mirror alone",
    minutes: 6,
    run: { project: "proof", files: ["test/image/hostile-mirrors.proof.ts"] },
    covers: debianLite,
  },
  {
    name: "trixie",
    proves:
      "debian-lite builds from trixie beside a build of bookworm, boots, and runs its user-data",
    minutes: 7,
    run: { project: "proof", files: ["test/image/trixie.proof.ts"] },
    covers: [...debianLite, "apps/sugarkube/user-data"],
  },
  {
    name: "twin",
    proves: "redirected programs leave the same tree as emulated ones, package by package",
    minutes: 6,
    run: { project: "proof", files: ["test/image/twin.proof.ts"] },
    covers: building,
  },
  {
    name: "upgrade",
    proves: "apt and perl of before an upgrade leave the same with the twin as without",
    minutes: 4,
    run: { project: "proof", files: ["test/image/upgrade.proof.ts"] },
    covers: building,
  },
  {
    name: "packed",
    proves:
      "every package, packed and installed with npm into an empty project, does there what its page says, and pibuild builds",
    minutes: 3,
    run: { project: "proof", files: ["test/outside/packed.proof.ts"] },
    covers: [
      ...building,
      "apps/cli/bin",
      "docs/own-repository.md",
      "packages/create-pibuild/bin",
      "packages/nx/src/plugin.ts",
      "packages/stage-lint/src/index.ts",
      "packages/venue/src/index.ts",
      "stages",
      "test/outside/examples",
      "tools/release",
    ],
  },
  {
    name: "workflows",
    proves:
      "what the workflows run does so in a clean clone, in order, with a runner's environment",
    minutes: 6,
    run: { project: "proof", files: ["tools/ci/test/in-order.proof.ts"] },
    covers: [
      ...building,
      ".github",
      "action.yml",
      "stages/partitions",
      "tools/ci",
      "tools/release",
      "tools/sd-provision",
      "tools/setup",
    ],
  },
  {
    name: "updater-mutants",
    proves: "every mutant of the KN-86's updater is caught when the power is cut",
    minutes: 2,
    run: { project: "proof", files: ["packages/kn86fw/test/device/mutants.proof.ts"] },
    covers: ["stages/kn86-runtime/02-update"],
  },
  {
    name: "power-cut",
    proves: "with 1,000 mixtures for each prefix of what an update writes, a whole system boots",
    minutes: 5,
    run: {
      project: "unit",
      files: [
        "packages/kn86fw/test/power-cut/power-cut.test.ts",
        "packages/kn86fw/test/device/power-cut.test.ts",
      ],
      env: { PIBUILD_POWER_CUT_SAMPLES: "1000" },
    },
    covers: [],
  },
  {
    name: "cache-faults",
    proves: "whatever is wrong with a cache, wherever: each build ends right, and says what it was",
    minutes: 3,
    run: {
      project: "unit",
      files: ["packages/cache/test/faults.test.ts"],
      env: { PIBUILD_CACHE_FAULTS: "all" },
    },
    covers: building,
  },
  {
    name: "locks",
    proves: "a lock repeats layers when mirrors have moved on, and takes newer packages by name",
    minutes: 1,
    run: {
      project: "proof",
      files: [
        "packages/pigen-runner/test/lock.proof.ts",
        "packages/pigen-runner/test/lock-update.proof.ts",
      ],
    },
    covers: building,
  },
  {
    name: "turbo",
    proves: "nx, turbo and a plain call of turbo make the same files",
    minutes: 1,
    run: { project: "proof", files: ["apps/cli/test/turbo.proof.ts"] },
    covers: building,
  },
  {
    name: "power-cut-store",
    proves:
      "a store on ext4 loses no layer that a build has synced, and gives none that is not whole",
    minutes: 1,
    run: { project: "proof", files: ["packages/layers/test/power-cut.proof.ts"] },
    covers: [],
  },
  {
    name: "podman",
    proves: "a build in Podman's containers gives what a native one gives",
    minutes: 2,
    run: { project: "proof", files: ["apps/cli/test/podman.proof.ts"] },
    covers: building,
  },
  {
    name: "wine",
    proves: "the command line runs under Windows' Node.js as far as Windows can",
    minutes: 1,
    needs: "PIBUILD_TEST_NODE_EXE",
    run: { project: "unit", files: ["apps/cli/test/windows.test.ts"] },
    covers: ["apps/cli/src/main.ts"],
  },
  {
    name: "adopted",
    proves: "a project of pi-gen that was adopted leaves the tree that its own build.sh leaves",
    minutes: 1,
    needs: "PIGEN_DIR",
    run: { project: "unit", files: ["tools/conformance/test/adopted.test.ts"] },
    covers: [...building, "tools/conformance/contract"],
  },
  {
    name: "conformance-upstream",
    proves: "pi-gen's own stages leave the tree and the disk that pi-gen's build.sh leaves",
    minutes: 120,
    needs: "PIGEN_DIR",
    measures: true,
    run: { program: "tools/conformance/conformance.ts", args: [] },
    covers: building,
  },
  {
    name: "conformance-alone",
    proves:
      "pi-gen's own stages leave the disk that build.sh leaves without pibuild and its package proxy",
    minutes: 20,
    needs: "PIGEN_DIR",
    measures: true,
    run: { program: "tools/conformance/conformance.ts", args: ["--alone"] },
    covers: building,
  },
  {
    name: "bench",
    proves: "how long builds take: cold, one file, nothing to do, and pi-gen's way beside them",
    minutes: 60,
    measures: true,
    run: { program: "tools/bench/bench.ts", args: [] },
    covers: debianLite,
  },
];
