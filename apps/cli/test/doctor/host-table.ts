import { createExec } from "@pibuild/core";
import { type EngineAnswer, hostDirectories, type WindowsHost } from "@pibuild/host";
import type { Check, CheckContext, CheckResult } from "../../src/doctor/check.ts";
import type { Needed, NeededImage } from "../../src/doctor/needed.ts";
import type { Answer } from "../../src/host/ask.ts";
import type { Host } from "../../src/host/host.ts";
import type { KernelParts } from "../../src/host/kernel.ts";
import type { NamespaceRefusal } from "../../src/host/namespaces.ts";
import type { Volume } from "../../src/host/volume.ts";
import type { OwnWsl } from "../../src/host/wsl.ts";

export const GiB = 1024 ** 3;
const noon = Date.UTC(2027, 0, 1, 12);

/** What a machine says of itself; what is left out is as on a machine where nothing is wrong. */
export interface Facts {
  readonly platform?: NodeJS.Platform;
  readonly release?: string;
  readonly root?: boolean;
  readonly cpus?: number;
  readonly memory?: number;
  readonly now?: number;
  readonly programs?: readonly string[];
  readonly pageSize?: number;
  readonly kernel?: Partial<KernelParts>;
  readonly windows?: WindowsHost;
  readonly wsl?: OwnWsl;
  /** By the beginning of a path; the first that fits. */
  readonly volumes?: Readonly<Record<string, Partial<Volume>>>;
  readonly tellsCase?: boolean;
  readonly overlayRefused?: string;
  readonly namespacesRefused?: NamespaceRefusal;
  readonly docker?: EngineAnswer;
  readonly podman?: EngineAnswer;
  /** By address; others answer with 200 and the right time. */
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly image?: Partial<NeededImage>;
  readonly needed?: Partial<Needed>;
  readonly env?: NodeJS.ProcessEnv;
  readonly workspace?: string;
  readonly cache?: string;
}

export const image: NeededImage = {
  name: "pi",
  release: "bookworm",
  arch: "arm64",
  piGen: false,
  desktop: false,
  mirror: "http://mirror.example/debian",
  proxy: "",
};

/** What one check finds on a machine with these facts. */
export function examine(check: Check, facts: Facts = {}): Promise<CheckResult | undefined> {
  return check.examine(contextOf(facts));
}

export function contextOf(facts: Facts = {}): CheckContext {
  const { env = {}, workspace = "/home/me/work", cache = "/home/me/.cache/pibuild" } = facts;
  return {
    host: hostOf(facts),
    needed: {
      images: [{ ...image, ...facts.image }],
      unreadable: [],
      upstream: false,
      ...facts.needed,
    },
    directories: hostDirectories({ ...env, PIBUILD_CACHE: cache }),
    exec: createExec(),
    env,
    workspace,
    purposes: [],
    message: () => {},
  };
}

function hostOf(facts: Facts): Host {
  const now = facts.now ?? noon;
  const volume: Volume = {
    directory: "/home/me",
    device: 1,
    type: "ext4",
    freeBytes: 100 * GiB,
    freeFiles: 1_000_000,
  };
  return {
    platform: facts.platform ?? "linux",
    arch: "x64",
    release: facts.release ?? "6.12.0",
    root: facts.root ?? true,
    cpus: facts.cpus ?? 4,
    memory: facts.memory ?? 8 * GiB,
    now: () => now,
    program: (name) => (facts.programs?.includes(name) ? `/usr/bin/${name}` : undefined),
    pageSize: async () => facts.pageSize ?? 4096,
    kernel: async () => ({
      loaded: ["overlay", "squashfs", "loop"],
      modules: undefined,
      ...facts.kernel,
    }),
    windows: async () => facts.windows,
    wsl: async () => facts.wsl,
    async volume(path) {
      const [, own] = Object.entries(facts.volumes ?? {}).find(([at]) => path.startsWith(at)) ?? [];
      return { ...volume, ...own };
    },
    tellsCase: async () => facts.tellsCase ?? true,
    overlayRefused: async () => facts.overlayRefused,
    namespacesRefused: async () => facts.namespacesRefused,
    engine: async (name) => facts[name] ?? { state: "absent" },
    ask: async (url) => facts.answers?.[url] ?? { status: 200, clock: { theirs: noon, ours: now } },
  };
}
