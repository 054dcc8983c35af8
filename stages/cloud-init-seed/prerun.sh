#!/bin/bash -e
# cloud-init-seed: what differs from board to board, on a tree that has cloud-init. It starts nothing that
# writes a log or a cache, so it may come after an export: a new user-data then costs this stage and the disk.
# 01-seed is debian-lite's own.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
