#!/bin/bash -e
# export: the last touch to a tree before it becomes a disk image. It runs for every image again,
# whatever little has changed, so it works on the host and starts emulated programs only when it must.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
