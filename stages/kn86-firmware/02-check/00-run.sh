#!/bin/bash -e
# For tests, and for a person who wants to know: it runs where `pibuild.check` is on the kernel's
# command line, and not otherwise.

install -D -m 755 files/check "${ROOTFS_DIR}/usr/lib/kn86/check"
if [ -f "${ROOTFS_DIR}/etc/systemd/system/pibuild-check.service" ]; then
	install -D -m 644 files/pibuild-check.conf \
		"${ROOTFS_DIR}/etc/systemd/system/pibuild-check.service.d/kn86.conf"
fi
