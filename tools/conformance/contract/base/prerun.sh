#!/bin/bash -e
# A tree that needs neither network nor emulation: a few programs of the host with their libraries.
# What would change a system writes down how it was called.

mkdir -p "${ROOTFS_DIR}"/{bin,usr/bin,usr/sbin,proc,dev,sys,run,tmp,etc,var/lib,var/cache/apt/archives}
for name in bash cat chmod chown ln ls mkdir mkfifo mv rm setfattr touch; do
	program="$(realpath "$(command -v "${name}")")"
	cp "${program}" "${ROOTFS_DIR}/bin/${name}"
	for library in $(ldd "${program}" | grep -o '/[^ ]*'); do
		mkdir -p "${ROOTFS_DIR}$(dirname "${library}")"
		cp --dereference "${library}" "${ROOTFS_DIR}${library}"
	done
done
cat >"${ROOTFS_DIR}/usr/bin/apt-get" <<'END'
#!/bin/bash
echo "apt-get $*" >>/seen
END
cat >"${ROOTFS_DIR}/usr/bin/debconf-set-selections" <<'END'
#!/bin/bash
while IFS= read -r line; do echo "debconf ${line}" >>/seen; done
END
chmod +x "${ROOTFS_DIR}"/usr/bin/{apt-get,debconf-set-selections}
mkdir -p "${ROOTFS_DIR}"/srv/{kept/deep,replaced,names}
echo one >"${ROOTFS_DIR}/srv/kept/deep/file"
echo one >"${ROOTFS_DIR}/srv/replaced/old"
echo first >"${ROOTFS_DIR}/srv/patched"
echo one >"${ROOTFS_DIR}/srv/names/first"
ln "${ROOTFS_DIR}/srv/names/first" "${ROOTFS_DIR}/srv/names/second"
