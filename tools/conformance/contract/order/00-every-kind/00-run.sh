#!/bin/bash -e
echo "00-run in ${PWD##*/} of ${STAGE}" >>"${ROOTFS_DIR}/seen"
echo "made by 00" >"${STAGE_WORK_DIR}/handed-on"
