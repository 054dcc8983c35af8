/** What the archive of such a step is called. */
export const address = "http://archive.example/debian";

/** An apt of the host with directories of its own, told to fetch as the build tells the image's apt. */
export const fetching = (keyring: string, file: string) => `#!/bin/bash -e
own="$(mktemp --directory --tmpdir="\${STAGE_WORK_DIR}")"
mkdir -p "\${own}"/{state/lists/partial,cache/archives/partial,etc}
touch "\${own}/state/status"
echo "deb [signed-by=${keyring}] ${address} bookworm main" >"\${own}/etc/sources.list"
cat "\${ROOTFS_DIR}/etc/apt/apt.conf.d/99pibuild-build" >"\${own}/apt.conf"
cat >>"\${own}/apt.conf" <<-EOF
	Dir::State "\${own}/state"; Dir::State::status "\${own}/state/status"; Dir::Cache "\${own}/cache";
	Dir::Etc "\${own}/etc"; Dir::Etc::main "-"; Dir::Etc::parts "-"; APT::Sandbox::User "root";
	APT::Architecture "arm64"; APT::Architectures { "arm64"; };
EOF
export APT_CONFIG="\${own}/apt.conf"
apt-get update --error-on=any
apt-get install --download-only -y one
(cd "\${own}/cache/archives" && echo *.deb) >"\${ROOTFS_DIR}/${file}"
rm -rf "\${own}"
`;
