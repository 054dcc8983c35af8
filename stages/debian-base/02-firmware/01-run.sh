#!/bin/bash -e

# The values that the hook would take from the machine it runs on, which here is the builder:
# a root device, consoles, and a CMA size that keeps a Raspberry Pi 4 from booting.
cat >>"${ROOTFS_DIR}/etc/default/raspi-firmware" <<-EOF

	ROOTPART=ROOTDEV
	CONSOLES="ttyS1,115200 tty1"
	CMA=0
EOF

install -m 644 files/initramfs.conf "${ROOTFS_DIR}/etc/initramfs-tools/conf.d/pibuild"
install -m 755 files/initramfs-hook "${ROOTFS_DIR}/etc/initramfs-tools/hooks/pibuild"
