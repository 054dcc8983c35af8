#!/bin/bash -e

on_chroot <<-'EOF'
	password='!'
	if [ -n "${FIRST_USER_PASS}" ]; then
		# A salt need not be secret, only different between systems; a random one would make
		# every build differ.
		salt="$(echo "${FIRST_USER_NAME} ${IMG_NAME}" | sha256sum | cut -c 1-16)"
		password="$(openssl passwd -6 -salt "${salt}" -stdin <<<"${FIRST_USER_PASS}")"
	fi
	groups=()
	for group in adm dialout cdrom sudo audio video plugdev games users input render netdev; do
		if getent group "${group}" >/dev/null; then
			groups+=("${group}")
		fi
	done
	useradd --create-home --user-group --shell /bin/bash \
		--groups "$(IFS=, && echo "${groups[*]}")" --password "${password}" "${FIRST_USER_NAME}"
	if [ -n "${PUBKEY_SSH_FIRST_USER}" ]; then
		home="/home/${FIRST_USER_NAME}"
		install -d -m 700 -o "${FIRST_USER_NAME}" -g "${FIRST_USER_NAME}" "${home}/.ssh"
		install -m 600 -o "${FIRST_USER_NAME}" -g "${FIRST_USER_NAME}" /dev/null "${home}/.ssh/authorized_keys"
		echo "${PUBKEY_SSH_FIRST_USER}" >"${home}/.ssh/authorized_keys"
	fi
EOF

if [ "${PASSWORDLESS_SUDO}" = 1 ]; then
	rule="${ROOTFS_DIR}/etc/sudoers.d/010_${FIRST_USER_NAME}-nopasswd"
	echo "${FIRST_USER_NAME} ALL=(ALL) NOPASSWD: ALL" >"${rule}"
	chmod 440 "${rule}"
fi

if [ -z "${FIRST_USER_PASS}" ] && [ -z "${PUBKEY_SSH_FIRST_USER}" ]; then
	log "${FIRST_USER_NAME} has neither a password nor a key: nobody can log in, unless cloud-init lets them"
fi
