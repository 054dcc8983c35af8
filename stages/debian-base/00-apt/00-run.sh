#!/bin/bash -e

apt="${ROOTFS_DIR}/etc/apt"

# Without settings, the mirrors are those that bootstrap used.
mirror="${APT_MIRROR}"
security="${APT_SECURITY_MIRROR}"
if [ -z "${mirror}" ]; then
	mirror="$(awk -v suite="${RELEASE}" '$1 == "deb" && $3 == suite { print $2; exit }' "${apt}/sources.list")"
	security="$(awk -v suite="${RELEASE}-security" '$1 == "deb" && $3 == suite { print $2; exit }' "${apt}/sources.list")"
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
