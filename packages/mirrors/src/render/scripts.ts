import { mirrorDirectory } from "./mirror-lists.ts";

const configuration = "/etc/apt/apt.conf.d/90build-mirrors";
const wrapperPath = "/usr/local/sbin/apt-get";

/** The first sub-stage. */
export const onScript = `#!/bin/bash -e
# Holds apt in the image to the mirrors of files/build-mirrors, until apt-mirrors-off.
own="\${ROOTFS_DIR}${mirrorDirectory}"
install -d -m 755 "\${own}"
install -m 644 files/build-mirrors/* "\${own}/"
chmod 755 "\${own}/rewrite"
install -m 644 files/90build-mirrors "\${ROOTFS_DIR}${configuration}"
install -m 755 files/apt-get "\${ROOTFS_DIR}${wrapperPath}"
"\${own}/rewrite" on
`;

/** The last one. apt makes its caches anew: those that are there name the lists of mirrors, or link to them. */
export const offScript = `#!/bin/bash -e
# Takes out of the image what apt-mirrors-on brought.
own="\${ROOTFS_DIR}${mirrorDirectory}"
if [ -d "\${own}" ]; then
	"\${own}/rewrite" off
	rm -r "\${own}"
fi
rm -f "\${ROOTFS_DIR}${configuration}" "\${ROOTFS_DIR}${wrapperPath}"
rm -f "\${ROOTFS_DIR}"/var/cache/apt/{pkgcache,srcpkgcache}.bin
rm -f "\${ROOTFS_DIR}"/var/lib/apt/lists/auxfiles/${mirrorDirectory.replaceAll("/", "_")}_*
`;

/** Before apt-get reads its sources: a script may write them and fetch in the next line. */
export const wrapper = `#!/bin/sh -e
# Of the build; apt-mirrors-off removes it.
${mirrorDirectory}/rewrite on
exec /usr/bin/apt-get "$@"
`;

/** Works in the image and from outside, on the tree that it lies in. */
export const rewriteScript = `#!/bin/sh -e
# rewrite on|off: puts the lists of mirrors beside this file in the place of addresses in apt's sources, or takes them
# back. What apt has fetched goes by the address, and is renamed with it.
own="\${0%/*}"
apt="\${own%/*}"
lists="\${apt%/etc/apt}/var/lib/apt/lists"

for file in "\${apt}/sources.list" "\${apt}"/sources.list.d/*.list "\${apt}"/sources.list.d/*.sources; do
	[ -f "\${file}" ] || continue
	sed -E -f "\${own}/$1.sed" "\${file}" >"\${own}/new"
	if ! cmp -s "\${own}/new" "\${file}"; then
		touch -r "\${file}" "\${own}/new"
		cat "\${own}/new" >"\${file}"
		touch -r "\${own}/new" "\${file}"
	fi
	rm "\${own}/new"
done

while read -r address mirrors; do
	if [ "$1" = on ]; then
		from="\${address}" to="\${mirrors}"
	else
		from="\${mirrors}" to="\${address}"
	fi
	for file in "\${lists}/\${from}"*; do
		[ -f "\${file}" ] || continue
		mv -f "\${file}" "\${lists}/\${to}\${file#"\${lists}/\${from}"}"
	done
done <"\${own}/renamed"
`;
