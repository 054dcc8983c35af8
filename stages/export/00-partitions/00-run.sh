#!/bin/bash -e
# The name under which each partition is mounted. Also where kernel updates take it from.

for file in etc/fstab etc/default/raspi-firmware boot/firmware/cmdline.txt; do
	if [ -f "${ROOTFS_DIR}/${file}" ]; then
		sed -i \
			-e "s/BOOTDEV/PARTUUID=${BOOT_PARTUUID}/" \
			-e "s/ROOTDEV/PARTUUID=${ROOT_PARTUUID}/" \
			"${ROOTFS_DIR}/${file}"
	fi
done
