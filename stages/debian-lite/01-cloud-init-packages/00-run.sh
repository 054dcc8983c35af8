#!/bin/bash -e

if [ "${ENABLE_CLOUD_INIT}" != 1 ]; then
	exit 0
fi

# netplan, because cloud-init alone cannot set up wifi with systemd-networkd.
on_chroot <<-EOF
	apt-get -o Acquire::Retries=3 install --no-install-recommends -y cloud-init netplan.io
EOF
