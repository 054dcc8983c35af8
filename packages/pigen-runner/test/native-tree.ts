import { createExec } from "@pibuild/core";

/**
 * A prerun.sh that needs neither network nor emulation: bash and a few programs of the host with
 * their libraries. What would change the system writes down how it was called.
 */
export const nativePrerun = `#!/bin/bash -e
mkdir -p "\${ROOTFS_DIR}"/{bin,usr/bin,usr/sbin,proc,dev,sys,run,tmp,etc,var/lib,var/cache/apt/archives}
for name in bash capsh cat chmod chown grep id ln ls mkdir mv rm sleep sort stat touch; do
	program="$(realpath "$(command -v "\${name}")")"
	cp "\${program}" "\${ROOTFS_DIR}/bin/\${name}"
	for library in $(ldd "\${program}" | grep -o '/[^ ]*'); do
		mkdir -p "\${ROOTFS_DIR}$(dirname "\${library}")"
		cp --dereference "\${library}" "\${ROOTFS_DIR}\${library}"
	done
done
`;

/** The same tree in a directory. */
export async function writeNativeTree(directory: string): Promise<void> {
  const env = { ROOTFS_DIR: directory };
  await createExec().run({ program: "bash", args: ["-ec", nativePrerun], env });
}
