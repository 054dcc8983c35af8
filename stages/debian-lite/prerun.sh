#!/bin/bash -e
# debian-lite: a headless system that one can log in to, built on debian-base.
# First the packages, which are slow and rarely change; then one step per group of settings.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
