#!/bin/bash -e

# Two boards with the same host keys can pose as one another: pibuild-ssh-keys.service makes them.
rm -f "${ROOTFS_DIR}"/etc/ssh/ssh_host_*

# systemd-resolved keeps what it found, which is the builder's.
rm -f "${ROOTFS_DIR}/etc/.resolv.conf.systemd-resolved.bak"
