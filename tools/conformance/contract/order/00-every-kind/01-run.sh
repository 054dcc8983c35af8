#!/bin/bash -e
echo "01-run" >>"${ROOTFS_DIR}/seen"
