const names = [
  ...["bootcode.bin", "start.elf", "start4.elf", "kernel8.img"],
  ...["bcm2710-rpi-zero-2-w.dtb", "bcm2711-rpi-4-b.dtb"],
];

/**
 * A line of a stage's script that makes a boot partition which a Raspberry Pi would try to start from:
 * the names are right, and next to nothing is in the files. An image without is refused.
 */
export const makesBootFiles = `mkdir -p "\${ROOTFS_DIR}/boot/firmware" && for name in ${names.join(" ")}; do echo "\${name}" >"\${ROOTFS_DIR}/boot/firmware/\${name}"; done && echo arm_64bit=1 >"\${ROOTFS_DIR}/boot/firmware/config.txt"\n`;
