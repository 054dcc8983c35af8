#!/bin/bash -e
# debian-base: Debian with what a Raspberry Pi needs to boot, and nothing that a user would notice.
# 00-apt, 01-boot and 02-firmware prepare, 03-kernel makes the initramfs, 04-locale is what
# images differ in, so it comes last.

if [ ! -d "${ROOTFS_DIR}" ]; then
	packages=(
		init systemd-sysv udev dbus libpam-systemd kmod
		adduser apt ca-certificates fdisk iproute2 netbase procps tzdata
	)
	options=()
	if [ "${RELEASE}" = bookworm ]; then
		# What merges /usr here otherwise is usrmerge, which brings all of perl for it.
		packages+=(usr-is-merged)
		options+=(--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr)
	fi
	bootstrap "${RELEASE}" "${ROOTFS_DIR}" "${options[@]}" --include="$(IFS=, && echo "${packages[*]}")"
fi
