#!/bin/bash -e

apt="${ROOTFS_DIR}/etc/apt"

# mirror_of SUITE: where bootstrap took it from
mirror_of() {
	sed 's/\[[^]]*\]//' "${apt}/sources.list" |
		awk -v suite="$1" '$1 == "deb" && $3 == suite { print $2; exit }'
}

mirror="${APT_MIRROR}"
security="${APT_SECURITY_MIRROR}"
if [ -z "${mirror}" ]; then
	mirror="$(mirror_of "${RELEASE}")"
	security="$(mirror_of "${RELEASE}-security")"
fi
if [ -z "${mirror}" ]; then
	echo "bootstrap left no mirror of ${RELEASE} in sources.list: set APT_MIRROR" >&2
	exit 1
fi

# source_of URI SUITES: one stanza
source_of() {
	cat <<-EOF
		Types: deb
		URIs: $1
		Suites: $2
		Components: main contrib non-free-firmware
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

	EOF
}

rm -f "${apt}/sources.list"
{
	source_of "${mirror}" "${RELEASE} ${RELEASE}-updates"
	if [ -n "${security}" ]; then
		source_of "${security}" "${RELEASE}-security"
	fi
} >"${apt}/sources.list.d/debian.sources"

if [ -n "${APT_PROXY}" ]; then
	echo "Acquire::http { Proxy \"${APT_PROXY}\"; };" >"${apt}/apt.conf.d/51cache"
fi

on_chroot <<-EOF
	apt-get -o Acquire::Retries=3 update
EOF
