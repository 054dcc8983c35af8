#!/bin/bash -e

if [ "${ENABLE_CLOUD_INIT}" != 1 ]; then
	exit 0
fi

sed "s/FIRST_USER_NAME/${FIRST_USER_NAME}/" files/90_pibuild.cfg \
	>"${ROOTFS_DIR}/etc/cloud/cloud.cfg.d/90_pibuild.cfg"

# The seed is on the boot partition, which any computer can write to. A directory rather than
# "seedfrom", which does not read network-config before cloud-init 23.
install -d "${ROOTFS_DIR}/var/lib/cloud/seed"
ln -snf /boot/firmware "${ROOTFS_DIR}/var/lib/cloud/seed/nocloud"
install -D -m 644 files/seed.conf \
	"${ROOTFS_DIR}/etc/systemd/system/cloud-init-local.service.d/pibuild.conf"

install -m 644 files/user-data files/meta-data files/network-config "${ROOTFS_DIR}/boot/firmware/"
