import { on } from "node:events";
import { type FSWatcher, watch, writeFileSync } from "node:fs";
import { appendFile, cp, mkdtemp, readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createExec, type Event, programsFor } from "@pibuild/core";
import type { LayerRecord } from "@pibuild/layers";
import { type CliResult, createRig, needs, type Rig, type StartedCli } from "@pibuild/test-kit";
import { nativePrerun } from "./native-tree.ts";

/** `test` where this host can run steps. */
export const onSteps = needs("root", "unsquashfs", ...programsFor("steps"), ...programsFor("disk"));

type Files = Readonly<Record<string, string | { readonly link: string }>>;
type Variables = Readonly<Record<string, string>>;

/** A run of the command line, with what its events say of the steps. */
export interface TaskRun extends CliResult {
  readonly events: readonly Event[];
  readonly executed: readonly string[];
  readonly cached: readonly string[];
}

/** A build that runs. */
export interface StartedBuild extends StartedCli {
  /** Resolves as soon as the build has sent an event of that kind. */
  sent(type: Event["type"], detail?: string): Promise<void>;
  steps(): Promise<Pick<TaskRun, "events" | "executed" | "cached">>;
}

/** An image `t` of contract stages, over a tree of the host's own programs. */
export interface Contract extends AsyncDisposable {
  readonly rig: Rig;
  /** Builds the chain up to the last stage, or the one that is named, of image `t` or another. */
  build(stage?: string, env?: Variables, image?: string): Promise<TaskRun>;
  /** Starts such a build, and returns while it runs. */
  start(stage?: string): StartedBuild;
  /** The last layer that a step made. */
  record(step: string): Promise<LayerRecord>;
  /** That layer, unpacked: a directory with `rootfs` and `work`. */
  layer(step: string): Promise<string>;
  /** The lines of a file in a step's layer; scripts write down what they see in `/seen`. */
  seen(step: string, file?: string): Promise<string[]>;
}

/**
 * Makes an image whose stages are these, each a map from path to content; `stages/base` comes
 * first. `yaml` is appended to image.yaml.
 */
export async function createContract(
  stages: Readonly<Record<string, Files>>,
  yaml = "",
): Promise<Contract> {
  const rig = await createRig();
  const names = Object.keys(stages);
  const list = ["base", ...names].map((name) => `stages/${name}`).join(", ");
  await rig.write({
    "apps/t/image.yaml": `stages: [${list}]\nexport: stages/export\n${yaml}\n`,
    "stages/base/prerun.sh": `${foreignLayer ? foreignTree : nativePrerun}${fakes}`,
    "stages/export/00-nothing/00-run.sh": "#!/bin/bash\n",
  });
  for (const [name, files] of Object.entries(stages)) {
    for (const [path, content] of Object.entries(files)) {
      await rig.write({ [`stages/${name}/${path}`]: content });
    }
  }
  const last = names.at(-1) ?? "base";
  let runs = 0;
  const record = async (step: string) => {
    const file = join(rig.store, "latest/t", `${step.replaceAll("/", "__")}.json`);
    return JSON.parse(await readFile(file, "utf8")) as LayerRecord;
  };
  const layer = async (step: string) => {
    const { digest } = (await record(step)).layer;
    const blob = join(rig.store, "blobs/sha256", digest.slice(0, 2), digest);
    const target = join(await mkdtemp(join(rig.path, "..", "layer-")), "tree");
    await createExec().run({
      program: "unsquashfs",
      args: ["-quiet", "-no-progress", "-dest", target, blob],
    });
    return target;
  };
  return {
    rig,
    record,
    layer,
    async build(stage = last, env = {}, image = "t") {
      const events = join(rig.path, "..", `events-${runs++}`);
      const result = await rig.pibuild(["task", image, stage], { ...env, PIBUILD_EVENTS: events });
      return { ...result, ...stepsOf(await readEvents(events)) };
    },
    start(stage = last) {
      const events = join(rig.path, "..", `events-${runs++}`);
      writeFileSync(events, "");
      return {
        ...rig.start(["task", "t", stage], { PIBUILD_EVENTS: events }),
        sent: (type, detail = "") =>
          waitFor(events, async () =>
            (await readEvents(events)).some(
              (event) => event.type === type && JSON.stringify(event).includes(detail),
            ),
          ),
        steps: async () => stepsOf(await readEvents(events)),
      };
    },
    async seen(step, file = "rootfs/seen") {
      return (await readFile(join(await layer(step), file), "utf8")).trimEnd().split("\n");
    },
    async [Symbol.asyncDispose]() {
      await noteDigests(rig.store);
      await noteStages(rig.path);
      await rig[Symbol.asyncDispose]();
    },
  };
}

/** For a comparison of whole test runs: see `foreignLayer`. */
async function noteDigests(store: string): Promise<void> {
  const { PIBUILD_CONTRACT_DIGESTS: file } = process.env;
  if (file === undefined) return;
  const latest = join(store, "latest");
  const names = await readdir(latest, { recursive: true }).catch(() => []);
  for (const name of names.filter((entry) => entry.endsWith(".json"))) {
    const { layer } = JSON.parse(await readFile(join(latest, name), "utf8")) as LayerRecord;
    await appendFile(file, `${name} ${layer.digest}\n`);
  }
}

/** For the comparison in packages/graph/test/name-readers.test.ts. */
async function noteStages(workspace: string): Promise<void> {
  const { PIBUILD_CONTRACT_STAGES: directory } = process.env;
  if (directory === undefined) return;
  const to = join(directory, basename(dirname(workspace)));
  await cp(join(workspace, "stages"), to, { recursive: true, verbatimSymlinks: true });
}

/** Resolves when the condition holds; it is asked whenever the file is written to. */
async function waitFor(file: string, condition: () => Promise<boolean>): Promise<void> {
  using watcher = disposable(watch(file));
  // Listening starts before the first look, so no write can fall between the two.
  const changes = on(watcher.value, "change", { signal: AbortSignal.timeout(60_000) });
  if (await condition()) return;
  for await (const _change of changes) if (await condition()) return;
}

function disposable(value: FSWatcher): Disposable & { readonly value: FSWatcher } {
  return { value, [Symbol.dispose]: () => value.close() };
}

/** The events that a task appended to its file so far. */
async function readEvents(file: string): Promise<Event[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole.split("\n").flatMap((line) => (line === "" ? [] : (JSON.parse(line) as Event)));
}

function stepsOf(events: readonly Event[]): Omit<TaskRun, keyof CliResult> {
  const of = (type: "step-started" | "step-cached") =>
    events.flatMap((event) => (event.type === type ? event.step : []));
  return { events, executed: of("step-started"), cached: of("step-cached") };
}

/**
 * The tree of this layer instead: the same stages then run under emulation, or with a twin.
 * Digests of their layers are appended to PIBUILD_CONTRACT_DIGESTS, to be compared.
 */
const foreignLayer = process.env.PIBUILD_CONTRACT_LAYER;

const foreignTree = `#!/bin/bash -e
unsquashfs -quiet -no-progress -dest "\${STAGE_WORK_DIR}/layer" "${foreignLayer}"
mv "\${STAGE_WORK_DIR}/layer/rootfs" "\${ROOTFS_DIR}"
rm -r "\${STAGE_WORK_DIR}/layer"
`;

/** In place of a mirror: what was asked of them stands in \`/seen\`. */
const fakes = `cat >"\${ROOTFS_DIR}/usr/bin/apt-get" <<'END'
#!/bin/bash
echo "apt-get $*" >>/seen
[[ "$*" != *no-such-package* ]] || { echo "E: Unable to locate package no-such-package"; exit 100; }
END
cat >"\${ROOTFS_DIR}/usr/bin/debconf-set-selections" <<'END'
#!/bin/bash
while IFS= read -r line; do echo "debconf \${line}" >>/seen; done
END
chmod +x "\${ROOTFS_DIR}"/usr/bin/{apt-get,debconf-set-selections}
`;
