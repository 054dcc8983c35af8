#!/bin/bash -e
# What an A/B disk has besides two slots, and the one file in which slots differ.

if [ "${DISK_LAYOUT}" != ab6 ]; then
	exit 0
fi
cd "${ROOTFS_DIR}"

install -d boot/common home/shared

# A board without EEPROM loads it from the first partition, where it then reads autoboot.txt.
if [ -f boot/firmware/bootcode.bin ]; then
	install -m 755 boot/firmware/bootcode.bin boot/common/bootcode.bin
fi

# One line in exactly one sector, so that one write makes it another slot's. What would grow the root
# partition or give the disk another id at the first boot would destroy the other slot or lose it.
read -r -d '' -a words <boot/firmware/cmdline.txt || true
kept=()
for word in "${words[@]}"; do
	case "${word}" in
		resize | init=*/firstboot | init=*/init_resize.sh) ;;
		*) kept+=("${word}") ;;
	esac
done
cmdline="${kept[*]}"
if [ "${#cmdline}" -gt 511 ]; then
	echo "boot/firmware/cmdline.txt has ${#cmdline} characters, and a slot's has room for 511" >&2
	exit 1
fi
printf '%-511s\n' "${cmdline}" >boot/firmware/cmdline.txt
