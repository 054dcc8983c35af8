#!/bin/bash -e
# partitions: what a tree says of the disk that it will be on. Raspberry Pi OS's own export, which comes
# after it, knows disks of two partitions and an MBR alone, and leaves what is said already.

if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
