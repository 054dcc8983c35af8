#!/bin/bash -e
# kn86-base: the system of a kiosk. Stands on debian-lite as well as on pi-gen's stage2, so it asks
# what is there and assumes neither's packages, users or files.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
