#!/bin/bash -e
echo "never" >>"${ROOTFS_DIR}/seen"
