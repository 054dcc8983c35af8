#!/bin/bash -e
# kn86-firmware: what the board's other chips need, and which image this is. 09-identity comes last:
# it differs from commit to commit, and so would all that stands on it.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
