import { ownApt } from "./signed-archive.ts";

/**
 * A step in which an apt of the host fetches packages as the image's would, with what the build tells that one, and
 * leaves in the tree what apt and dpkg leave there.
 */
export const locked = (source: string, ...packages: readonly string[]) => `#!/bin/bash -e
${ownApt(source)}for file in sources.list.d/pibuild-later.list preferences.d/pibuild-later; do
	if [ -e "\${ROOTFS_DIR}/etc/apt/\${file}" ]; then
		sed "s|=/|=\${ROOTFS_DIR}/|" "\${ROOTFS_DIR}/etc/apt/\${file}" >"\${own}/etc/\${file}"
	fi
done
apt-get update --error-on=any
apt-get install --download-only -y ${packages.join(" ")}
mkdir -p "\${ROOTFS_DIR}"/var/lib/{apt/lists,dpkg}
cp "\${own}"/state/lists/*_{InRelease,Packages} "\${ROOTFS_DIR}/var/lib/apt/lists"
for deb in "\${own}"/cache/archives/*.deb; do
	dpkg-deb --field "\${deb}"
	printf 'Status: install ok installed\\n\\n'
done >"\${ROOTFS_DIR}/var/lib/dpkg/status"
rm -rf "\${own}"
`;
