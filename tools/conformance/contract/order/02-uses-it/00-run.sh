#!/bin/bash -e
cat "${STAGE_WORK_DIR}/handed-on" >>"${ROOTFS_DIR}/seen"
