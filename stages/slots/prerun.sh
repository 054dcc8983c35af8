#!/bin/bash -e
# slots: what an A/B disk has besides a tree, once that is finished.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
