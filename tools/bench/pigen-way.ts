import { appendFile, cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, mountsBelow } from "@pibuild/core";
import { assembleDisk, layouts } from "@pibuild/partitioner";
import {
  executeStep,
  mountRoot,
  openImage,
  rootfsDirectory,
  workDirectory,
} from "@pibuild/pigen-runner";

/**
 * The same stages the way pi-gen runs them: debootstrap, a full rsync copy of the tree for every
 * stage, every fsync, no cache of layers. Only the packages are downloaded already, as for the
 * run it is compared with. Must run as root in a mount namespace of its own. Prints seconds.
 */
const [workspace = "", scratch = ""] = process.argv.slice(2);

/** debootstrap in place of our `bootstrap`, with the packages that the stage asks for. */
const bootstrap = `
bootstrap() {
	local suite="$1" target="$2" include=""
	shift 2
	for word in "$@"; do
		case "\${word}" in --include=*) include="\${word}" ;; esac
	done
	mkdir -p "\${target}/var/cache/apt"
	debootstrap --arch "\${ARCH}" --variant=minbase --components=main,contrib,non-free-firmware \\
		--cache-dir="\${PIBUILD_APT_ARCHIVES}" \${include:+"\${include}"} "\${suite}" "\${target}" "\${APT_MIRROR}"
	echo "deb \${APT_MIRROR} \${suite} main contrib non-free-firmware" >"\${target}/etc/apt/sources.list"
}
export -f bootstrap
`;

const exec = createExec();
const open = await openImage({ workspace, name: "debian-lite" });
const { context, image, stages, steps } = open;
const started = performance.now();
const archives = join(scratch, "archives");
const scripts = join(mountRoot, "scripts");
await mkdir(mountRoot, { recursive: true });
await exec.run({ program: "mount", args: ["-t", "tmpfs", "tmpfs", mountRoot] });
await cp(join(import.meta.dirname, "../../packages/pigen-runner/scripts"), scripts, {
  recursive: true,
});
await appendFile(join(scripts, "common.sh"), bootstrap);
await bind(workspace, join(mountRoot, "base"));
await bind(scratch, workDirectory);
await mkdir(join(mountRoot, "deploy"), { recursive: true });
const cache = join(context.directories.packages, `${image.release}-${image.arch}`);
await cp(cache, archives, { recursive: true });
await mkdir(join(archives, "partial"), { recursive: true });
await bind(archives, join(mountRoot, "archives"));
for (const step of steps) {
  const root = rootfsDirectory(step.stage.name);
  await executeStep(context, step);
  const inTree = join(root, "var/cache/apt/archives");
  if (!mountsBelow(root).includes(inTree)) await bind(archives, inTree);
}
const last = stages.at(-1);
if (last === undefined) throw new Error("the image has no stages");
const root = rootfsDirectory(last.name);
await exec.run({ program: "umount", args: [join(root, "var/cache/apt/archives")] });
const boot = join(scratch, "boot");
await cp(join(root, "boot/firmware"), boot, { recursive: true });
await exec.run({ program: "mount", args: ["-t", "tmpfs", "tmpfs", join(root, "boot/firmware")] });
await assembleDisk({
  layout: layouts.standard,
  sources: { root, boot },
  output: join(scratch, "pigen-way.img"),
  seed: image.name,
  sourceDateEpoch: image.sourceDateEpoch,
  exec,
  scratch,
});
await writeFile(join(scratch, "seconds"), String((performance.now() - started) / 1000));

async function bind(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await exec.run({ program: "mount", args: ["--bind", from, to] });
}
