#!/bin/bash -e

zone="/usr/share/zoneinfo/${TIMEZONE_DEFAULT}"
if [ ! -f "${ROOTFS_DIR}${zone}" ]; then
	echo "TIMEZONE_DEFAULT=${TIMEZONE_DEFAULT} is not in tzdata; names as in Europe/London" >&2
	exit 1
fi

ln -snf "${zone}" "${ROOTFS_DIR}/etc/localtime"
echo "${TIMEZONE_DEFAULT}" >"${ROOTFS_DIR}/etc/timezone"
