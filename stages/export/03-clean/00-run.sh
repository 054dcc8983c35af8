#!/bin/bash -e

cd "${ROOTFS_DIR}"

# The builder's proxy and name servers.
rm -f etc/apt/apt.conf.d/51cache
if [ ! -L etc/resolv.conf ]; then
	rm -f etc/resolv.conf
	if [ -x usr/lib/systemd/systemd-resolved ]; then
		ln -s /run/systemd/resolve/stub-resolv.conf etc/resolv.conf
	fi
fi

find var/log -type f -delete
find var/lib/apt/lists var/cache/apt tmp var/tmp -xdev -mindepth 1 ! -type d -delete
rm -f var/cache/ldconfig/aux-cache var/cache/debconf/*-old var/lib/dpkg/*-old \
	etc/passwd- etc/group- etc/shadow- etc/gshadow- etc/subuid- etc/subgid- etc/.pwd.lock \
	root/.bash_history root/.wget-hsts
