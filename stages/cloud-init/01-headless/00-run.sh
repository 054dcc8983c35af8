#!/bin/bash -e
# Raspberry Pi OS asks for its first user's name at a keyboard before the system counts as up, and
# cloud-init's last part, with runcmd, waits for that. With cloud-init nobody has to be there: a name comes
# from userconf.txt on the boot partition, where there is one, and else from user-data.

install -d "${ROOTFS_DIR}/etc/systemd/system/userconfig.service.d"
cat >"${ROOTFS_DIR}/etc/systemd/system/userconfig.service.d/pibuild.conf" <<-EOF
	[Unit]
	ConditionPathExists=|/boot/firmware/userconf
	ConditionPathExists=|/boot/firmware/userconf.txt
EOF
