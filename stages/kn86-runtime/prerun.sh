#!/bin/bash -e
# kn86-runtime: nOSh, what it stores, and how it is updated. 00-storage comes first because it makes
# the initramfs, which takes minutes where it is emulated.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
