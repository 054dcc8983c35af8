#!/bin/bash -e

if [ -z "${INPUT_NOSH}" ] || [ -z "${INPUT_NOSH_ASSETS}" ]; then
	echo "image.yaml needs \`inputs:\` nosh and nosh_assets" >&2
	exit 1
fi

nosh="${ROOTFS_DIR}/opt/nosh"
install -d "${nosh}/bin" "${nosh}/assets"
install -m 755 "${INPUT_NOSH}" "${nosh}/bin/nosh"
tar --extract --file "${INPUT_NOSH_ASSETS}" --directory "${nosh}/assets" \
	--no-same-owner --no-same-permissions
chmod -R u=rwX,go=rX "${nosh}/assets"

units="${ROOTFS_DIR}/etc/systemd/system"
install -d "${units}/multi-user.target.wants"
install -m 644 files/*.service "${units}/"
install -D -m 644 files/90-kn86-cartridge.rules "${ROOTFS_DIR}/etc/udev/rules.d/90-kn86-cartridge.rules"
ln -sf /etc/systemd/system/{nosh,kn86-shared}.service "${units}/multi-user.target.wants/"
