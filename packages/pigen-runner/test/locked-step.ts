/**
 * A step in which an apt of the host fetches packages as the image's would, with what the build tells that one, and
 * leaves in the tree what apt and dpkg leave there.
 */
export const fetching = (source: string, ...packages: readonly string[]) => `#!/bin/bash -e
own="$(mktemp --directory --tmpdir="\${STAGE_WORK_DIR}")"
mkdir -p "\${own}"/{state/lists/partial,cache/archives/partial,etc/sources.list.d,etc/preferences.d}
touch "\${own}/state/status"
echo "${source}" >"\${own}/etc/sources.list"
for file in sources.list.d/pibuild-later.list preferences.d/pibuild-later; do
	if [ -e "\${ROOTFS_DIR}/etc/apt/\${file}" ]; then
		sed "s|=/|=\${ROOTFS_DIR}/|" "\${ROOTFS_DIR}/etc/apt/\${file}" >"\${own}/etc/\${file}"
	fi
done
cat "\${ROOTFS_DIR}/etc/apt/apt.conf.d/99pibuild-build" >"\${own}/apt.conf"
cat >>"\${own}/apt.conf" <<-EOF
	Dir::State "\${own}/state"; Dir::State::status "\${own}/state/status"; Dir::Cache "\${own}/cache";
	Dir::Etc "\${own}/etc"; Dir::Etc::main "-"; Dir::Etc::parts "-"; APT::Sandbox::User "root";
	APT::Architecture "arm64"; APT::Architectures { "arm64"; }; Acquire::Languages "none";
EOF
export APT_CONFIG="\${own}/apt.conf"
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
