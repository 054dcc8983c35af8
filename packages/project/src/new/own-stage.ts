import type { ProjectFile } from "../files/project-file.ts";

const prerun = `#!/bin/bash -e
# Goes on from the stage before.

if [ ! -d "\${ROOTFS_DIR}" ]; then
	copy_previous
fi
`;

const packages = `# What apt is to install, one package or several a line.
htop
`;

const run = `#!/bin/bash -e
# Runs on the builder, in this directory. \${ROOTFS_DIR} is the Pi's filesystem, on_chroot runs in it.

install -m 644 files/hello.service "\${ROOTFS_DIR}/etc/systemd/system/"

on_chroot <<EOF
systemctl enable hello
EOF
`;

const service = `# Says hello on the console of a Pi that has started.
[Unit]
Description=Hello

[Service]
Type=oneshot
ExecStart=/bin/echo "Hello from %H"
StandardOutput=journal+console

[Install]
WantedBy=multi-user.target
`;

/** A person's first stage: a package, a file, a command. */
export function ownStage(directory: string): ProjectFile[] {
  const file = (path: string, text: string, mode = 0o644): ProjectFile => ({
    ...{ path: `${directory}/${path}`, text, mode },
    where: "new",
  });
  return [
    file("prerun.sh", prerun, 0o755),
    file("00-setup/00-packages", packages),
    file("00-setup/01-run.sh", run, 0o755),
    file("00-setup/files/hello.service", service),
    // For pi-gen's own build.sh, which makes an image of a stage that has it.
    file("EXPORT_IMAGE", 'IMG_SUFFIX=""\n'),
  ];
}
