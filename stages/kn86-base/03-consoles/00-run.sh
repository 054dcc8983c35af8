#!/bin/bash -e

units="${ROOTFS_DIR}/etc/systemd/system"

install -D -m 644 files/logind.conf "${ROOTFS_DIR}/etc/systemd/logind.conf.d/50-kn86.conf"
for number in 1 2 3 4 5 6; do
	ln -snf /dev/null "${units}/getty@tty${number}.service"
	ln -snf /dev/null "${units}/autovt@tty${number}.service"
done
ln -snf /dev/null "${units}/getty-static.service"
rm -f "${units}"/getty.target.wants/getty@tty*.service "${units}/getty@tty1.service.d/autologin.conf"

# UART0 leads to the Pico 2, which takes what it hears for commands: no console there, nor on the
# mini UART, whose pins UART0 has. `resize` and `init=` are pi-gen's way of growing the root
# partition, which here has others behind it.
for file in boot/firmware/cmdline.txt etc/default/raspi-firmware; do
	if [ -f "${ROOTFS_DIR}/${file}" ]; then
		sed -i -E '/^#/! {
			s/(console=)?(serial0|ttyS[0-9]|ttyAMA[0-9]),115200 ?//g
			s/(^| )(resize|init=[^ ]+)( |$)/ /g
			s/^ //; s/ +$//
		}' "${ROOTFS_DIR}/${file}"
	fi
done
