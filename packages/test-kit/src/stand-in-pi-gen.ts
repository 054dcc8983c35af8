import type { Rig } from "./rig.ts";

/**
 * Not pi-gen, but what a caller sees of its build.sh: it sources a config, logs, runs the stages
 * that it is given, and deploys an image of those that have EXPORT_IMAGE.
 */
const buildScript = `#!/bin/bash -e
BASE_DIR="$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)"
if [ -f config ]; then echo "a stray config"; exit 1; fi
[ "$1" = -c ]
source "$2"
export ARCH=arm64
log() { date +"[%T] $*" | tee -a "\${WORK_DIR}/build.log"; }
mkdir -p "\${WORK_DIR}"
log "Begin \${BASE_DIR}"
exports=()
for STAGE_DIR in \${STAGE_LIST}; do
	STAGE_DIR="$(realpath "\${STAGE_DIR}")"
	log "Begin \${STAGE_DIR}"
	export STAGE_DIR ROOTFS_DIR="\${WORK_DIR}/$(basename "\${STAGE_DIR}")/rootfs"
	mkdir -p "\${ROOTFS_DIR}"
	log "Begin \${STAGE_DIR}/prerun.sh"
	"\${STAGE_DIR}/prerun.sh"
	log "End \${STAGE_DIR}/prerun.sh"
	if [ -f "\${STAGE_DIR}/EXPORT_IMAGE" ]; then exports+=("\${ROOTFS_DIR}"); fi
	log "End \${STAGE_DIR}"
done
for rootfs in "\${exports[@]}"; do
	if [ ! -f "\${EXPORT_CONFIG_DIR}/prerun.sh" ]; then continue; fi
	mkdir -p "\${DEPLOY_DIR}"
	cp "\${rootfs}/seen" "\${DEPLOY_DIR}/\${IMG_FILENAME}.img"
done
log "End \${BASE_DIR}"
`;

/** A stage's script that leaves a line in the tree. */
export const leavesLine = (text: string) =>
  `#!/bin/bash -e\necho "${text}" >>"\${ROOTFS_DIR}/seen"\n`;

/** Writes a checkout beside the rig's workspace, for PIGEN_DIR. Its stage0 leaves the line `stage0`. */
export async function writeStandInPiGen(rig: Rig): Promise<void> {
  const files = {
    "build.sh": buildScript,
    depends: "bash\nrealpath:coreutils\n",
    "scripts/common": "log() { echo; }\n",
    "stage0/prerun.sh": leavesLine("stage0"),
    "export-image/prerun.sh": "#!/bin/bash\n",
  };
  const entries = Object.entries(files).map(([path, text]) => [`../pi-gen/${path}`, text]);
  await rig.write(Object.fromEntries(entries));
}
