#!/bin/bash -e

# KEY=value without quotes: a shell and a program read it alike.
install -d "${ROOTFS_DIR}/etc/kn86"
cat >"${ROOTFS_DIR}/etc/kn86/device" <<-EOF
	COMPATIBLE=${PAYLOAD_COMPATIBLE:-kn86-deckline}
	BOARD=${DISK_BOARD}
	LAYOUT=${DISK_LAYOUT_DIGEST}
	VERSION=${PAYLOAD_VERSION:-0.0.0}
	SECURITY_EPOCH=${PAYLOAD_SECURITY_EPOCH:-0}
EOF

# Never the clock: the same commit is the same image.
date="$(date --utc --date="@${SOURCE_DATE_EPOCH}" +%Y-%m-%dT%H:%M:%SZ)"
echo "${GIT_DESCRIBE:-unversioned} ${date}" >"${ROOTFS_DIR}/etc/kn86-build-id"
