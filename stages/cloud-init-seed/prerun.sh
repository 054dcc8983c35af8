#!/bin/bash -e
# cloud-init-seed: cloud-init, and its seed on the boot partition, on any tree of Debian's kind.
# pi-gen's bookworm has no cloud-init; on its trixie, and on debian-lite, only the seed is new.
# 00-packages and 01-seed are debian-lite's own.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
