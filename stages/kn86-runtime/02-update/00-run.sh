#!/bin/bash -e

units="${ROOTFS_DIR}/etc/systemd/system"
install -d "${units}/multi-user.target.wants"
install -m 644 files/*.service "${units}/"
ln -sf /etc/systemd/system/kn86-confirm.service "${units}/multi-user.target.wants/"

if [ -f files/kn86-update ]; then
	install -D -m 755 files/kn86-update "${ROOTFS_DIR}/usr/sbin/kn86-update"
fi

install -D -m 755 files/10-kiosk "${ROOTFS_DIR}/etc/kn86/health.d/10-kiosk"

# Whose updates are taken. Without a key none are.
install -d -m 755 "${ROOTFS_DIR}/etc/kn86/keys.d"
if [ -n "${INPUT_UPDATE_KEY}" ]; then
	install -m 644 "${INPUT_UPDATE_KEY}" "${ROOTFS_DIR}/etc/kn86/keys.d/image.pub"
fi
