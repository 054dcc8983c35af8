#!/bin/bash -e

if [ -z "${INPUT_PICO_UF2}" ] || [ -z "${INPUT_BEZEL}" ] || [ -z "${INPUT_TTY}" ]; then
	echo "image.yaml needs \`inputs:\` pico_uf2, bezel and tty" >&2
	exit 1
fi

install -D -m 644 "${INPUT_PICO_UF2}" "${ROOTFS_DIR}/lib/firmware/kn86-pico.uf2"
# CIPHER-LINE's frame, and the colours of the console.
install -D -m 644 "${INPUT_BEZEL}" "${ROOTFS_DIR}/usr/share/kn86/bezel.pbm"
install -D -m 644 "${INPUT_TTY}" "${ROOTFS_DIR}/usr/share/kn86/tty.vtrgb"
