#!/bin/bash
# shell.sh: a login shell in ROOTFS_DIR, for a person; with a command on standard input, that command.

set -e

# shellcheck disable=SC2119 # without arguments it is a shell
# shellcheck source-path=SCRIPTDIR source=confine.sh
source "${SCRIPT_DIR}/confine.sh"
confine
# shellcheck source=common.sh
source "${SCRIPT_DIR}/common.sh"

on_chroot <<<true
if [ -t 0 ]; then
	exec capsh "--chroot=${ROOTFS_DIR}/" -- -l
fi
exec capsh "--chroot=${ROOTFS_DIR}/" --
