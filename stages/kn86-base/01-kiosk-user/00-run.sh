#!/bin/bash -e
# The user `nosh`, whose program is the whole of the machine. It can be the base's first user, which
# then loses what a person at a shell would need: the password, sudo, and most groups.

on_chroot <<-'EOF'
	if ! getent group nosh >/dev/null; then
		groupadd nosh
	fi
	if ! getent passwd nosh >/dev/null; then
		useradd --create-home --gid nosh --shell /usr/sbin/nologin nosh
	fi
	groups=()
	for group in audio dialout gpio i2c input render spi video; do
		if getent group "${group}" >/dev/null; then
			groups+=("${group}")
		fi
	done
	usermod --gid nosh --groups "$(IFS=, && echo "${groups[*]}")" --shell /usr/sbin/nologin nosh
	usermod --password '!' nosh
	usermod --password '!' root
EOF

rm -f "${ROOTFS_DIR}"/etc/sudoers.d/010_nosh-nopasswd "${ROOTFS_DIR}"/etc/sudoers.d/010_pi-nopasswd
# Others' files are not for the kiosk to see.
chmod 750 "${ROOTFS_DIR}/home/nosh"
