import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, mountsBelow } from "@pibuild/core";
import { openImage } from "@pibuild/graph";
import { assembleDisk, layouts } from "@pibuild/partitioner";
import { archivesDirectory, rootfsDirectory } from "@pibuild/pigen-runner";
import { bind, runPlain } from "../conformance/plain-run.ts";

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
const { context, image } = open;
const started = performance.now();
const archives = join(scratch, "archives");
const cache = join(context.directories.packages, `${image.release}-${image.arch}`);
await cp(cache, archives, { recursive: true });
await mkdir(join(archives, "partial"), { recursive: true });
const root = await runPlain(open, {
  ...{ exec, work: scratch, functions: bootstrap },
  before: () => bind(exec, archives, archivesDirectory),
  async after({ stage }) {
    const tree = rootfsDirectory(stage.name);
    const inTree = join(tree, "var/cache/apt/archives");
    if (!mountsBelow(tree).includes(inTree)) await bind(exec, archives, inTree);
  },
});
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
