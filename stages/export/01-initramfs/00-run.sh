#!/bin/bash -e
# Making an initramfs takes minutes under emulation, so only a stale one is made again: one that
# holds a file which differs from the tree's. Packages that touch it do so by dpkg trigger, in the
# step that installs them; this is for files that a stage changed by hand.

root="${ROOTFS_DIR}"
# Where a step writes into memory: on a disk, unpacking would take longer than all the rest.
scratch="$(mktemp --directory --tmpdir="${STAGE_WORK_DIR}")"
unpacked="${scratch}/initramfs"
modules="${scratch}/modules"
kept="${scratch}/kept"
trap 'rm -rf "${scratch}"' EXIT

# unpack INITRAMFS DIRECTORY: its archives, of which those before the last are not compressed.
unpack() {
	local size offset=0 blocks
	size="$(stat -c %s "$1")"
	while [ "${offset}" -lt "${size}" ]; do
		case "$(od -An -j"${offset}" -N4 -tx1 "$1" | tr -d ' ')" in
			00000000)
				offset=$((offset + 4))
				continue
				;;
			30373037)
				# cpio tells on standard error how many blocks it read.
				blocks="$(tail -c +$((offset + 1)) "$1" | extract "$2" 2>&1 | sed -n '$s/^\([0-9]*\) block.*/\1/p')"
				[ -n "${blocks}" ] || return 1
				offset=$((offset + blocks * 512))
				continue
				;;
			28b52ffd) set -- "$1" "$2" zstd -dcq ;;
			1f8b*) set -- "$1" "$2" gzip -dc ;;
			fd377a58) set -- "$1" "$2" xz -dc ;;
			*) return 1 ;;
		esac
		tail -c +$((offset + 1)) "$1" | "${@:3}" | extract "$2" --quiet
		return
	done
}

# extract DIRECTORY OPTION...: the archive on standard input.
extract() {
	cpio --extract --make-directories --no-absolute-filenames "${@:2}" --directory="$1"
}

# find_origins FILE: sets `origins` to the paths in the tree of which a file in the initramfs may be a copy, and
# `required` where one of them has to be there. Of other files that are nowhere, mkinitramfs knows more.
find_origins() {
	required=""
	case "$1" in
		# What mkinitramfs writes itself differs by design.
		etc/fstab | etc/ld.so.cache | */modules.* | */ORDER) origins=() ;;
		etc/initramfs-tools/* | etc/udev/* | etc/modprobe.d/* | usr/lib/modprobe.d/*)
			origins=("$1")
			required=1
			;;
		init | scripts/*) origins=("etc/initramfs-tools/$1" "usr/share/initramfs-tools/$1") ;;
		usr/bin/* | usr/sbin/* | bin/* | sbin/*)
			origins=("$1" "usr/lib/klibc/bin/${1##*/}" "usr/lib/initramfs-tools/bin/${1##*/}" usr/bin/busybox)
			;;
		*) origins=("$1") ;;
	esac
}

# add_digests ARRAY DIRECTORY FILE...: one process for all files, as there are thousands.
add_digests() {
	local -n digests="$1"
	local directory="$2" line
	shift 2
	[ "$#" -gt 0 ] || return 0
	while IFS= read -r -d '' line; do
		# shellcheck disable=SC2034 # it is the caller's
		digests["${line:66}"]="${line:0:64}"
	done < <(cd "${directory}" && printf '%s\0' "$@" | xargs -0 sha256sum --zero --)
}

# add_digests_xz ARRAY FILE...: of what is in files of the tree that are called FILE.xz.
add_digests_xz() {
	local array="$1"
	shift
	[ "$#" -gt 0 ] || return 0
	(cd "${root}" && printf '%s.xz\0' "$@" | xargs -0 cp --parents --target-directory="${modules}" --)
	# One that cannot be unpacked gets no digest.
	(cd "${modules}" && printf '%s.xz\0' "$@" | xargs -0 xz --decompress --keep --quiet --) || true
	add_digests "${array}" "${modules}" "$@"
}

# stale INITRAMFS: prints the first file that differs, if any.
stale() {
	local file other found required origins files plain=() packed=()
	local -A mine=() theirs=()
	rm -rf "${unpacked}" "${modules}"
	mkdir "${unpacked}" "${modules}"
	if ! unpack "$1" "${unpacked}"; then
		echo "an archive that cannot be read"
		return
	fi
	mapfile -d '' files < <(cd "${unpacked}" && find . -type f -printf '%P\0')
	for file in "${files[@]}"; do
		find_origins "${file}"
		for other in "${origins[@]}"; do
			[ -z "${theirs["${other}"]}" ] || continue
			# A link to /dev/null hides a file.
			if [ -f "${root}/${other}" ] || [ -c "${root}/${other}" ]; then
				plain+=("${other}")
			elif [ -f "${root}/${other}.xz" ]; then
				packed+=("${other}")
			else
				continue
			fi
			theirs["${other}"]="unknown"
		done
	done
	add_digests mine "${unpacked}" "${files[@]}"
	add_digests theirs "${root}" "${plain[@]}"
	add_digests_xz theirs "${packed[@]}"
	for file in "${files[@]}"; do
		find_origins "${file}"
		found=""
		for other in "${origins[@]}"; do
			[ "${theirs["${other}"]}" != "${mine["${file}"]}" ] || continue 2
			found+="${theirs["${other}"]}"
		done
		[ -z "${found}${required}" ] || { echo "${file}" && return; }
	done
	# What is new. The initramfs holds a copy of its own configuration if our hook made it.
	while IFS= read -r file; do
		case "${file}" in
			etc/initramfs-tools/hooks/* | etc/initramfs-tools/scripts/*) ;;
			etc/initramfs-tools/*) [ -d "${unpacked}/etc/initramfs-tools" ] || continue ;;
			etc/udev/*) [ -e "${unpacked}/usr/lib/udev/rules.d/${file##*/}" ] || continue ;;
		esac
		[ -e "${unpacked}/${file}" ] || { echo "${file}" && return; }
	done < <(cd "${root}" && find etc/initramfs-tools etc/modprobe.d usr/lib/modprobe.d etc/udev/rules.d -type f \
		\( -path 'etc/initramfs-tools/*' -o -name '*.conf' -o -name '*.rules' \) 2>/dev/null)
}

# pi-gen's stage0 says `update_initramfs=no`, with which update-initramfs does nothing and ends well, until
# its own export says `yes` again. What packages wanted in an initramfs meanwhile is in none.
held_back=""
configuration="${root}/etc/initramfs-tools/update-initramfs.conf"
if grep -qs '^update_initramfs=no' "${configuration}"; then
	sed -i 's/^update_initramfs=.*/update_initramfs=yes/' "${configuration}"
	held_back="what was held back by update_initramfs=no"
fi

for kernel in "${root}"/boot/vmlinuz-*; do
	version="${kernel##*/vmlinuz-}"
	initramfs="${root}/boot/initrd.img-${version}"
	if [ ! -d "${root}/usr/lib/modules/${version}" ] || [ ! -x "${root}/usr/sbin/update-initramfs" ]; then
		continue
	fi
	if [ -f "${initramfs}" ]; then
		reason="${held_back:-$(stale "${initramfs}")}"
		mode=-u
	else
		reason="it is missing"
		mode=-c
	fi
	if [ -z "${reason}" ]; then
		log "initramfs of ${version}: as it was"
		continue
	fi
	log "initramfs of ${version}: made again, because of ${reason}"
	before="$(stat -c %i.%Y.%s "${initramfs}" 2>/dev/null || true)"
	mkdir "${kept}"
	[ ! -d "${root}/boot/firmware" ] || cp -a "${root}/boot/firmware/." "${kept}"
	on_chroot <<-EOF
		update-initramfs ${mode} -k ${version}
	EOF
	# Debian's raspi-firmware writes config.txt, cmdline.txt and device trees anew with each initramfs. What
	# stages made of them stays.
	(cd "${kept}" && find . -type f ! -name 'initr*' -print0) | while IFS= read -r -d '' file; do
		cmp -s "${kept}/${file}" "${root}/boot/firmware/${file}" ||
			cp -a "${kept}/${file}" "${root}/boot/firmware/${file}"
	done
	rm -rf "${kept}"
	if [ "$(stat -c %i.%Y.%s "${initramfs}" 2>/dev/null || true)" = "${before}" ]; then
		echo "update-initramfs ended well and did not make ${initramfs#"${root}"}" >&2
		exit 1
	fi
done
