#!/bin/bash -e

echo "${TARGET_HOSTNAME}" >"${ROOTFS_DIR}/etc/hostname"
cat >"${ROOTFS_DIR}/etc/hosts" <<-EOF
	127.0.0.1	localhost
	127.0.1.1	${TARGET_HOSTNAME}

	::1		localhost ip6-localhost ip6-loopback
	ff02::1		ip6-allnodes
	ff02::2		ip6-allrouters
EOF

cat >"${ROOTFS_DIR}/etc/rpi-issue" <<-EOF
	${IMG_NAME} ${IMG_DATE}
	Generated using ${PI_GEN_RELEASE}, ${GIT_HASH}
EOF
install -m 644 "${ROOTFS_DIR}/etc/rpi-issue" "${ROOTFS_DIR}/boot/firmware/issue.txt"

# Empty, not "uninitialized": the first makes systemd draw an id, the second also makes it apply
# presets, and Debian's enable every unit, those included that a stage disabled.
: >"${ROOTFS_DIR}/etc/machine-id"
rm -f "${ROOTFS_DIR}/var/lib/dbus/machine-id"

# What must not be the same on two boards.
rm -f "${ROOTFS_DIR}"/etc/ssh/ssh_host_* \
	"${ROOTFS_DIR}/var/lib/systemd/random-seed" "${ROOTFS_DIR}/var/lib/systemd/credential.secret"

# A board without a clock starts no earlier than this, which is enough for TLS.
install -m 644 /dev/null "${ROOTFS_DIR}/usr/lib/clock-epoch"
touch --date="@${SOURCE_DATE_EPOCH}" "${ROOTFS_DIR}/usr/lib/clock-epoch"
