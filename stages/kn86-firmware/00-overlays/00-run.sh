#!/bin/bash -e

boot="${ROOTFS_DIR}/boot/firmware"

install -d "${boot}/overlays"
for source in files/*.dts; do
	name="$(basename "${source}" .dts)"
	dtc -@ -I dts -O dtb -o "${boot}/overlays/${name}.dtbo" "${source}"
done

# kernel.org's trees, which Debian's kernel comes with, were not all compiled with the names that an
# overlay refers to. Raspberry Pi's were.
tree="${boot}/bcm2837-rpi-zero-2-w.dtb"
if [ -f "${tree}" ] && ! fdtget -l "${tree}" /__symbols__ >/dev/null 2>&1; then
	fdtput -c "${tree}" /__symbols__
	fdtput -t s "${tree}" /__symbols__ gpio /soc/gpio@7e200000
fi

# config.txt is written anew with each kernel on Debian, and the file of additions goes into it.
install -m 644 files/kn86.txt "${boot}/kn86.txt"
additions="${ROOTFS_DIR}/etc/default/raspi-firmware-custom"
if [ -f "${ROOTFS_DIR}/etc/default/raspi-firmware" ] && ! grep -qsx 'include kn86.txt' "${additions}"; then
	echo 'include kn86.txt' >>"${additions}"
fi
if ! grep -qx 'include kn86.txt' "${boot}/config.txt"; then
	printf '\n[all]\ninclude kn86.txt\n' >>"${boot}/config.txt"
fi
