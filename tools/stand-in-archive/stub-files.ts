import type { PackageFile } from "./deb.ts";

/**
 * What pi-gen's stages call or edit of packages that only Raspberry Pi's archive has. All other
 * stubs hold nothing but a note. The content is ours and does next to nothing.
 */
export const stubFiles: Readonly<Record<string, readonly PackageFile[]>> = {
  "raspi-config": [
    { path: "usr/bin/raspi-config", mode: 0o755, content: '#!/bin/sh\necho "raspi-config $*"\n' },
  ],
  "raspberrypi-sys-mods": [
    {
      path: "lib/systemd/system/regenerate_ssh_host_keys.service",
      mode: 0o644,
      content:
        "[Unit]\nDescription=Stand-in\n[Service]\nType=oneshot\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n",
    },
    {
      path: "etc/sudoers.d/010_pi-nopasswd",
      mode: 0o440,
      content: "pi ALL=(ALL) NOPASSWD: ALL\n",
    },
  ],
  // Trixie's raspberrypi-sys-mods has this unit, and its public sources end with bookworm's.
  "rpi-swap": [
    {
      path: "usr/lib/systemd/system/rpi-resize.service",
      mode: 0o644,
      content:
        "[Unit]\nDescription=Stand-in\n[Service]\nType=oneshot\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n",
    },
  ],
};
