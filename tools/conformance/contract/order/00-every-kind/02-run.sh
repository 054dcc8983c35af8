#!/bin/bash -e
echo "never, it is not executable" >>"${ROOTFS_DIR}/seen"
