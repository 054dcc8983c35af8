# shellcheck shell=bash
# The functions that stage scripts call. Their names and what they promise are pi-gen's.

log() {
	local line
	line="$(date +"[%T]") $*"
	printf '%s\n' "${line}"
}
export -f log

# bootstrap SUITE TARGET [MMDEBSTRAP ARGUMENT...]: Debian's minimal system in TARGET.
# The mirrors are APT_MIRROR and APT_SECURITY_MIRROR; where they are empty, mmdebstrap's own are used.
bootstrap() {
	local suite="$1" target="$2" components="main,contrib,non-free-firmware"
	local keyring="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
	shift 2
	local sources=()
	if [ -n "${APT_MIRROR}" ]; then
		sources+=("deb ${keyring} ${APT_MIRROR} ${suite} ${components//,/ }")
		sources+=("deb ${keyring} ${APT_MIRROR} ${suite}-updates ${components//,/ }")
		if [ -n "${APT_SECURITY_MIRROR}" ]; then
			sources+=("deb ${keyring} ${APT_SECURITY_MIRROR} ${suite}-security ${components//,/ }")
		fi
	fi
	local cache_hooks=()
	if [ -n "${PIBUILD_APT_ARCHIVES}" ]; then
		# The packages come from, and go to, the build's own cache, and stay out of the tree.
		cache_hooks+=(--skip=download/empty --skip=essential/unlink)
		cache_hooks+=(--setup-hook='mkdir -p "$1/var/cache/apt/archives" && mount --bind "$PIBUILD_APT_ARCHIVES" "$1/var/cache/apt/archives"')
		# mmdebstrap takes the indexes away, and they say what the packages' bytes have to be.
		cache_hooks+=(--customize-hook='rm -rf "$PIBUILD_APT_ARCHIVES/indexes" && cp --recursive "$1/var/lib/apt/lists" "$PIBUILD_APT_ARCHIVES/indexes"')
		cache_hooks+=(--customize-hook='umount "$1/var/cache/apt/archives"')
	fi
	local fetching=(--aptopt='Acquire::Retries "5"')
	if [ -n "${PIBUILD_FETCH}" ]; then
		# Logins for servers: outside of the tree, so that none stays in it.
		fetching+=(--aptopt="Dir::Etc::netrcparts \"${PIBUILD_FETCH}/apt\"")
		if [ -e "${PIBUILD_FETCH}/apt.conf" ]; then
			fetching+=(--aptopt="${PIBUILD_FETCH}/apt.conf")
		fi
		if [ -e "${PIBUILD_FETCH}/later.list" ]; then
			# Packages that the lock has from a later release than the others.
			fetching+=(--setup-hook='cp "$PIBUILD_FETCH/later.list" "$1/etc/apt/sources.list.d/pibuild-later.list"')
			fetching+=(--setup-hook='cp "$PIBUILD_FETCH/later.preferences" "$1/etc/apt/preferences.d/pibuild-later"')
		fi
	fi
	mmdebstrap \
		--mode=root \
		--format=directory \
		--variant=minbase \
		--architectures="${ARCH}" \
		--components="${components}" \
		--aptopt='Acquire::Languages "none"' \
		"${fetching[@]}" \
		"${cache_hooks[@]}" \
		"$@" \
		"${suite}" "${target}" "${sources[@]}"
	# The last two are copies of the builder's.
	rm -f "${target}/etc/apt/apt.conf.d/99mmdebstrap" "${target}/etc/hostname" "${target}/etc/resolv.conf"
	rm -f "${target}/etc/apt/sources.list.d/pibuild-later.list" "${target}/etc/apt/preferences.d/pibuild-later"
}
export -f bootstrap

# copy_previous: the previous stage's tree in ROOTFS_DIR. Where ROOTFS_DIR is a mount of the
# layers below, that is so already.
copy_previous() {
	if mountpoint -q "${ROOTFS_DIR}"; then
		return 0
	fi
	if [ ! -d "${PREV_ROOTFS_DIR}" ]; then
		echo "Previous stage rootfs not found" >&2
		return 1
	fi
	mkdir -p "${ROOTFS_DIR}"
	rsync --archive --hard-links --acls --xattrs --one-file-system \
		--exclude var/cache/apt/archives "${PREV_ROOTFS_DIR}/" "${ROOTFS_DIR}/"
}
export -f copy_previous

# unmount [DIRECTORY]: detaches every mount below DIRECTORY (the current one by default), innermost first.
unmount() {
	local directory target
	directory="$(realpath "${1:-${PWD}}")"
	findmnt --list --noheadings --output TARGET | tac | while IFS= read -r target; do
		case "${target}" in
			"${directory}" | "${directory}"/*) umount "${target}" ;;
		esac
	done
}
export -f unmount

# unmount_image FILE: detaches the loop devices of FILE and what is mounted from them.
unmount_image() {
	local device partition target
	losetup --noheadings --output NAME --associated "$1" | while IFS= read -r device; do
		for partition in "${device}"p*; do
			target="$(findmnt --noheadings --output TARGET --source "${partition}" || true)"
			if [ -n "${target}" ]; then
				unmount "${target}"
			fi
		done
		losetup --detach "${device}"
	done
}
export -f unmount_image

# chroot_mount KIND TARGET [MOUNT ARGUMENT...]: mounts once.
chroot_mount() {
	local target="$1"
	shift
	if ! mountpoint -q "${target}"; then
		mount "$@" "${target}"
	fi
}
export -f chroot_mount

# enter_chroot [ARGUMENT...]: bash with -e in ROOTFS_DIR. The one place where a program starts in the chroot.
enter_chroot() {
	local personality=()
	if [ "${ARCH}" = "armhf" ]; then
		personality=(setarch linux32)
	fi
	# shellcheck disable=SC2086 # CAPSH_ARG is a list of words, as in pi-gen
	"${personality[@]}" capsh ${CAPSH_ARG} "--chroot=${ROOTFS_DIR}/" -- -e "$@"
}
export -f enter_chroot

# mount_chroot: mounts what programs in the image need.
mount_chroot() {
	local root
	root="$(realpath "${ROOTFS_DIR}")"
	if ! mountpoint -q "${root}/proc"; then
		mount -t proc proc "${root}/proc"
		guard_proc "${root}/proc"
	fi
	chroot_mount "${root}/dev" --bind /dev
	chroot_mount "${root}/dev/pts" --bind /dev/pts
	chroot_mount "${root}/sys" --bind /sys
	chroot_mount "${root}/run" -t tmpfs tmpfs
	chroot_mount "${root}/tmp" -t tmpfs tmpfs
}
export -f mount_chroot

# on_chroot [ARGUMENT...]: runs the script on standard input inside the image.
on_chroot() {
	local root
	mount_chroot
	root="$(realpath "${ROOTFS_DIR}")"
	if [ -L "${root}/etc/resolv.conf" ] && [ -n "${PIBUILD_RESOLV_CONF}" ]; then
		# systemd-resolved's link points into /run, which is empty while building.
		mkdir -p "${root}/run/systemd/resolve"
		cp "${PIBUILD_RESOLV_CONF}" "${root}/run/systemd/resolve/stub-resolv.conf"
	fi
	enter_chroot "$@"
}
export -f on_chroot

# update_issue VARIANT: writes /etc/rpi-issue.
update_issue() {
	printf '%s %s\nGenerated using %s, %s, %s, %s\n' \
		"${PI_GEN_RELEASE}" "${IMG_DATE}" "${PI_GEN}" "${PI_GEN_REPO}" "${GIT_HASH}" "$1" \
		>"${ROOTFS_DIR}/etc/rpi-issue"
}
export -f update_issue

# ensure_next_loopdev: makes the node of the next free loop device, which containers may lack.
ensure_next_loopdev() {
	local device
	device="$(losetup --find)"
	[ -b "${device}" ] || mknod "${device}" b 7 "${device#/dev/loop}"
}
export -f ensure_next_loopdev

# ensure_loopdev_partitions DEVICE: makes the nodes of DEVICE's partitions, which containers may lack.
ensure_loopdev_partitions() {
	local name numbers
	lsblk --raw --noheadings --output NAME,MAJ:MIN "$1" | tail -n +2 | while read -r name numbers; do
		[ -b "/dev/${name}" ] || mknod "/dev/${name}" b "${numbers%:*}" "${numbers#*:}"
	done
}
export -f ensure_loopdev_partitions
