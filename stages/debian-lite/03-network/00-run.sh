#!/bin/bash -e

install -m 644 files/*.network "${ROOTFS_DIR}/etc/systemd/network/"

systemd="${ROOTFS_DIR}/etc/systemd/system"
install -D -m 644 files/wait-online.conf "${systemd}/systemd-networkd-wait-online.service.d/pibuild.conf"

on_chroot <<-EOF
	systemctl enable systemd-networkd.service
EOF

# On the kernel's command line, where it needs no file in the initramfs; twice, because a kernel
# update writes cmdline.txt anew.
if [ -n "${WPA_COUNTRY}" ]; then
	option="cfg80211.ieee80211_regdom=${WPA_COUNTRY}"
	echo "${option}" >"${ROOTFS_DIR}/etc/default/raspi-extra-cmdline"
	sed -i "s/ *\$/ ${option}/" "${ROOTFS_DIR}/boot/firmware/cmdline.txt"
fi
