#!/bin/bash -e

etc="${ROOTFS_DIR}/etc"

install -d "${ROOTFS_DIR}"/boot/{firmware,common} "${ROOTFS_DIR}/home/shared"
install -D -m 755 files/kn86-slots "${etc}/systemd/system-generators/kn86-slots"
install -m 644 files/fstab "${etc}/fstab"

# A root filesystem fills its slot, and another partition follows: what debian-lite's and pi-gen's first
# boots would do there is nothing, or harm.
rm -f "${etc}/systemd/system/sysinit.target.wants/pibuild-grow-root.service" "${etc}/init.d/resize2fs_once"
find "${etc}" -path '*/rc*.d/*resize2fs_once' -delete
find "${etc}/systemd/system" -name resize2fs_once.service -delete

case "${KN86_OVERLAY_ROOT:-0}" in
	0 | 1) ;;
	*)
		echo "KN86_OVERLAY_ROOT is \`${KN86_OVERLAY_ROOT}\`; 1 lays memory over a read-only root filesystem, 0 does not" >&2
		exit 1
		;;
esac
initramfs="${etc}/initramfs-tools"
install -D -m 755 files/initramfs-hook "${initramfs}/hooks/kn86"
install -D -m 755 files/initramfs-script "${initramfs}/scripts/init-bottom/kn86"
install -d "${initramfs}/conf.d"
# The export stage makes the initramfs again because of these files.
echo "KN86_OVERLAY_ROOT=${KN86_OVERLAY_ROOT:-0}" >"${initramfs}/conf.d/kn86"
