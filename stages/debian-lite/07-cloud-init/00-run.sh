#!/bin/bash -e

if [ "${ENABLE_CLOUD_INIT}" != 1 ]; then
	exit 0
fi

boot="${ROOTFS_DIR}/boot/firmware"
cloud="${ROOTFS_DIR}/etc/cloud/cloud.cfg.d"

sed "s/FIRST_USER_NAME/${FIRST_USER_NAME}/" files/90_pibuild.cfg >"${cloud}/90_pibuild.cfg"

# The seed is on the boot partition, which any computer can write to. A directory rather than
# "seedfrom", which does not read network-config before cloud-init 23.
install -d "${ROOTFS_DIR}/var/lib/cloud/seed"
ln -snf /boot/firmware "${ROOTFS_DIR}/var/lib/cloud/seed/nocloud"
install -D -m 644 files/seed.conf \
	"${ROOTFS_DIR}/etc/systemd/system/cloud-init-local.service.d/pibuild.conf"

# What netplan makes of network-config is for systemd-networkd, unless it is told otherwise.
if [ -x "${ROOTFS_DIR}/usr/sbin/NetworkManager" ]; then
	install -D -m 600 files/network-manager.yaml "${ROOTFS_DIR}/etc/netplan/00-network-manager.yaml"
fi

install -m 644 files/user-data files/meta-data files/network-config "${boot}/"

# own TEXT NAME: the image's own file of the seed in place of this stage's
own() {
	if [ -n "$1" ]; then
		printf '%s' "$1" >"${boot}/$2"
	fi
}
own "${CLOUD_INIT_META_DATA}" meta-data
own "${CLOUD_INIT_NETWORK_CONFIG}" network-config
own "${CLOUD_INIT_USER_DATA}" user-data

# cloud-init leaves out what it does not understand, and tells only its log on the board. Scripts and the
# other kinds of user-data have no schema.
first="${CLOUD_INIT_USER_DATA%%$'\n'*}"
if [[ "${first}" =~ ^#cloud-config[[:space:]]*$ ]]; then
	on_chroot <<-EOF
		cloud-init schema --config-file /boot/firmware/user-data
	EOF
fi
