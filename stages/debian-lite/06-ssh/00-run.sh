#!/bin/bash -e

if [ "${ENABLE_SSH}" != 1 ]; then
	on_chroot <<-EOF
		systemctl disable ssh.service
	EOF
fi

if [ "${PUBKEY_ONLY_SSH}" = 1 ]; then
	cat >"${ROOTFS_DIR}/etc/ssh/sshd_config.d/10-pubkey-only.conf" <<-EOF
		PasswordAuthentication no
		KbdInteractiveAuthentication no
	EOF
fi
