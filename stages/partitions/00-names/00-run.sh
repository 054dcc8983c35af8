#!/bin/bash -e
# The name under which each partition is mounted. Also where kernel updates take it from.

cd "${ROOTFS_DIR}"

# Both slots of an A/B disk get this root filesystem, so nothing in it names one of them: the root is
# what the kernel was told, a stage's own unit finds the boot partition that belongs to it, and kernel
# updates ask what is mounted. An update replaces single sectors of the first partition: read-only.
if [ "${DISK_LAYOUT}" = ab6 ]; then
	common="${COMMON_DEVICE}\t/boot/common\tvfat\tdefaults,ro,nofail\t0\t0"
	shared="${SHARED_DEVICE}\t/home/shared\text4\tdefaults,noatime,nofail\t0\t2"
	if [ -f etc/fstab ]; then
		sed -i -e "s|^BOOTDEV[[:space:]].*|${common}\n${shared}|" -e 's|^ROOTDEV|/dev/root|' etc/fstab
	fi
	if [ -f etc/default/raspi-firmware ]; then
		sed -i '/ROOTDEV/d' etc/default/raspi-firmware
	fi
fi

for file in etc/fstab etc/default/raspi-firmware boot/firmware/cmdline.txt; do
	if [ -f "${file}" ]; then
		sed -i \
			-e "s/BOOTDEV/PARTUUID=${BOOT_PARTUUID}/" \
			-e "s/ROOTDEV/PARTUUID=${ROOT_PARTUUID}/" \
			"${file}"
	fi
done
