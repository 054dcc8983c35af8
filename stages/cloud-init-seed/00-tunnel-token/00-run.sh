#!/bin/bash -e
# The token of a Cloudflare tunnel, where one is given. Not in user-data: the boot partition is
# open to every user of the board.

if [ -z "${TUNNEL_TOKEN}" ]; then
	exit 0
fi

directory="${ROOTFS_DIR}/etc/cloudflared"
install -d -m 755 "${directory}"
install -m 600 /dev/null "${directory}/tunnel.env"
echo "TUNNEL_TOKEN=${TUNNEL_TOKEN}" >"${directory}/tunnel.env"
