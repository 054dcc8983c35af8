#!/bin/bash -e
# Before the kernel: its hooks write to /boot/firmware, and initramfs-tools reads fstab.

install -d "${ROOTFS_DIR}/boot/firmware"
install -m 644 files/fstab "${ROOTFS_DIR}/etc/fstab"
