#!/bin/bash -e
# The stage before this one is skipped, and has left no tree: pi-gen's own copy_previous would fail.
if [ ! -d "${ROOTFS_DIR}" ]; then
	PREV_ROOTFS_DIR="${WORK_DIR}/order/rootfs" copy_previous
fi
