import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createExec, programsFor, removeTree } from "@pibuild/core";
import { allocatedAttribute, createLayerStack, mountOverlay } from "@pibuild/layers";
import { assembleDisk, layouts } from "@pibuild/partitioner";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { createContract } from "../../pigen-runner/test/contract-stages.ts";

const keeping = needs(
  ...(["root", "own mount namespace"] as const),
  ...[...programsFor("steps"), ...programsFor("disk")],
);

const MiB = 1024 * 1024;

/** One line for each property of each name below a directory, in bash's words. */
const describe = `
cd "$1/opt/kept"
find . -print0 | sort -z | while IFS= read -r -d '' path; do
	printf '%q ' "$path"
	stat --printf '%F %a %u:%g %h %Y %t:%T ' "$path"
	[ -d "$path" ] || stat --printf '%s ' "$path"
	if [ -f "$path" ] && [ ! -L "$path" ]; then
		[ "$(($(stat -c %b "$path") * 512))" -ge "$(stat -c %s "$path")" ] && printf 'whole '
		sha256sum <"$path" | cut -c1-16
	elif [ -L "$path" ]; then readlink "$path" | od -An -tx1; else echo; fi
	# Without -e, bytes that are no text stand as numbers anyway.
	getfattr -h -d -m '^(user|trusted|security)[.]' -e hex "$path" 2>/dev/null | grep '=' | grep -v '^trusted.overlay' | sort || true
done
`;

/** One of each of what a filesystem of Linux can hold. */
const make = `
mkdir -p "\${ROOTFS_DIR}/opt/kept"; cd "\${ROOTFS_DIR}/opt/kept"
fallocate -l 16M swap; head -c 1M /dev/zero >zeros; fallocate -l 5000 small
truncate -s 512M sparse; echo end | dd of=sparse bs=1M seek=300 conv=notrunc status=none
head -c 300000 /dev/urandom >random; : >empty
echo a >$'caf\\351'; ln -s $'to\\351' $'link\\351'; ln -s "$(printf 'x%.0s' {1..1000})" long; mkdir $'line\\nend'
echo l >one; ln one two; ln swap swap-too
mknod null c 1 3; mknod disk b 259 70000; mkfifo -m 640 fifo
perl -MSocket -e 'socket(S,PF_UNIX,SOCK_STREAM,0); bind(S,sockaddr_un("socket"))'
touch -d @1000000000 dated; touch -d @0 first; touch -h -d @1000000002 long
touch special; chown 70000:80000 special; chmod 6755 special; mkdir sticky; chmod 1777 sticky
setfattr -n user.bytes -v 0x00ff0a special; setfattr -n trusted.note -v x sticky; setfattr -h -n trusted.note -v x long
cp "$(command -v cat)" cap; setcap cap_net_raw+ep cap
touch "$(printf 'n%.0s' {1..255})"
find . ! -name dated ! -name first ! -name long -exec touch -h -d @1000000001 {} +
`;

keeping("what a step makes is what the image holds, property by property", async () => {
  const look = `bash -c '${describe.replaceAll("'", "'\\''")}' - "\${ROOTFS_DIR}" >"\${STAGE_WORK_DIR}/seen"\n`;
  await using contract = await createContract({
    kept: {
      "00-make/00-run.sh": `#!/bin/bash -e\n${make}\n${look}`,
      "01-later/00-run.sh": `#!/bin/bash -e\ncd "\${ROOTFS_DIR}/opt/kept"; chmod 600 small one; touch -d @1000000001 small one\n`,
    },
  });
  const run = await contract.build();
  expect(run.stderr).toBe("");
  const wanted = await contract.seen("kept/00-make", "work/seen");

  // What is compared is there to be compared.
  const whole = (name: string) => wanted.filter((line) => line.startsWith(`./${name} `))[0];
  expect(whole("swap")).toContain(" 16777216 whole ");
  expect(whole("sparse")).toContain(` ${512 * MiB} `);
  expect(whole("sparse")).not.toContain("whole");
  expect(wanted).toContain("user.bytes=0x00ff0a");

  const exec = createExec();
  const path = join(contract.rig.path, "..", "disk");
  const stack = createLayerStack(exec, join(path, "layers"));
  for (const step of ["base/prerun", "kept/00-make", "kept/01-later"]) {
    const { digest } = (await contract.record(step)).layer;
    await stack.push([join(contract.rig.store, "blobs/sha256", digest.slice(0, 2), digest)]);
  }
  const [root, boot, seen] = [join(path, "root"), join(path, "boot"), join(path, "seen")];
  await mkdir(boot);
  const changes = { upper: "upper", scratch: "scratch" };
  const lowers = stack.lowers("rootfs");
  await mountOverlay(exec, { cwd: stack.directory, lowers, target: root, changes });
  await mkdir(join(root, "boot/firmware"), { recursive: true });
  const output = join(path, "disk.img");
  const { plan } = await assembleDisk({
    ...{ layout: layouts.standard, sources: { root, boot }, output, seed: "t", exec },
    ...{ sourceDateEpoch: 1_700_000_000, scratch: path, sizes: { boot: 64 * MiB } },
    allocated: allocatedAttribute,
  });
  const start = plan.partitions[1]?.startBytes;
  await mkdir(seen);
  await exec.run({
    program: "mount",
    args: ["-o", `loop,ro,noload,offset=${start}`, output, seen],
  });
  const { stdout } = await exec.run({ program: "bash", args: ["-c", describe, "-", seen] });
  await removeTree(path);
  const later = wanted.map((line) =>
    line.replace(/^(\.\/(?:small|one|two) regular file) 644/, "$1 600"),
  );
  expect(stdout.split("\n")).toEqual(later);
});
