#!/bin/bash -e

units="${ROOTFS_DIR}/etc/systemd/system"
programs="${ROOTFS_DIR}/usr/local/lib/pibuild"

install -d "${programs}" "${units}/sysinit.target.wants" "${units}/multi-user.target.wants"
install -m 755 files/grow-root files/check "${programs}/"
install -m 644 files/*.service "${units}/"

ln -sf /etc/systemd/system/pibuild-grow-root.service "${units}/sysinit.target.wants/"
ln -sf /etc/systemd/system/pibuild-{ssh-keys,check}.service "${units}/multi-user.target.wants/"
