#!/bin/bash -e
if [ ! -d "${ROOTFS_DIR}" ]; then
	copy_previous
fi
echo "prerun after ${PREV_STAGE}" >>"${ROOTFS_DIR}/seen"
