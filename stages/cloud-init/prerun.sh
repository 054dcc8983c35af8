#!/bin/bash -e
# cloud-init: the program, on any tree of Debian's kind. pi-gen's bookworm has none; its trixie and
# debian-lite do, and need only cloud-init-seed. 00-packages is debian-lite's own.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
