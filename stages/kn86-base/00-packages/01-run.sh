#!/bin/bash -e
# What a kiosk has no use for. Each name with all that was installed for it alone; one that something else
# needs ends the build, or that would go with it. lua5.1 is such a one: raspi-config needs it, and that
# raspberrypi-sys-mods, whose udev rules give the groups gpio, i2c and spi their devices.

prune=(
	# Other ways in, and ways to more rights.
	avahi-daemon bluez pi-bluetooth pkexec policykit-1 rpi-connect-lite rpi-connect ssh-import-id triggerhappy
	# Disks of others: cartridges are mounted by kn86-runtime, and nothing else is.
	cifs-utils libmtp-runtime nfs-common ntfs-3g rpcbind udisks2 usb-modeswitch
	# What writes to the card by itself, or updates the board behind our back.
	dphys-swapfile fake-hwclock rpi-eeprom rpi-keyboard-fw-update rpi-update
	# The first boot of a computer that belongs to somebody.
	cloud-init rpi-cloud-init-mods userconf-pi
	# For people at a shell.
	apt-listchanges bash-completion ed htop man-db manpages manpages-dev nano ncdu p7zip-full vim-common vim-tiny
	# Compilers, languages and cameras.
	build-essential dpkg-dev gcc g++ gdb luajit make mkvtoolnix pkg-config rpicam-apps-lite strace v4l-utils
	pigpio python-is-python3 python3-gpiozero python3-pigpio python3-venv
)

installed="$(on_chroot <<-'EOF'
	dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n'
EOF
)"
present=()
for name in "${prune[@]}"; do
	if grep -q "^ii  *${name}\$" <<<"${installed}"; then
		present+=("${name}")
	fi
done

if [ "${#present[@]}" -gt 0 ]; then
	simulated="$(on_chroot <<-EOF
		apt-get --simulate purge ${present[*]}
	EOF
	)"
	more=()
	while read -r action name _; do
		if [[ "${action}" = @(Purg|Remv) && " ${present[*]} " != *" ${name} "* ]]; then
			more+=("${name}")
		fi
	done <<<"${simulated}"
	if [ "${#more[@]}" -gt 0 ]; then
		echo "what is pruned would take more with it: ${more[*]}; prune these by name, or what they need not at all" >&2
		exit 1
	fi
	on_chroot <<-EOF
		apt-get purge --autoremove -y ${present[*]}
	EOF
fi

# Nobody reads manuals on the board; licences stay.
cat >"${ROOTFS_DIR}/etc/dpkg/dpkg.cfg.d/kn86" <<-EOF
	path-exclude=/usr/share/man/*
	path-exclude=/usr/share/info/*
	path-exclude=/usr/share/doc/*
	path-include=/usr/share/doc/*/copyright
EOF
rm -rf "${ROOTFS_DIR}/usr/share/man" "${ROOTFS_DIR}/usr/share/info"
find "${ROOTFS_DIR}/usr/share/doc" -mindepth 1 ! -type d ! -name copyright -delete
find "${ROOTFS_DIR}/usr/share/doc" -mindepth 1 -type d -empty -delete
