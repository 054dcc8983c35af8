import type { BootChoice, SeenSlot } from "@pibuild/partitioner";

type NameOf = (number: number) => string;

/** Which partition starts, and what of autoboot.txt the firmware passes over. */
export function bootLines(boot: BootChoice, nameOf: NameOf): string[] {
  const starts = `boot:    partition ${nameOf(boot.partition)}`;
  if (boot.from === "default") return [`${starts}, the first that boots: there is no autoboot.txt`];
  const { tryboot, abUpdate } = boot.autoboot;
  const config = abUpdate ? "" : ", with tryboot.txt";
  return [
    `${starts}, says autoboot.txt`,
    `tryboot: partition ${nameOf(tryboot === 0 ? boot.partition : tryboot)}${config}`,
    ...(boot.ignored ?? []).map(
      ({ at, message }) => `note:    ${at.file}:${at.line ?? 1}: ${message}`,
    ),
  ];
}

/** A system: its root filesystem, and which models of boards start which of its kernels. */
export function systemLines(slot: SeenSlot, nameOf: NameOf): string[] {
  const { boot, tryboot, models, cmdline, ramdisk, root, rootNumber } = slot;
  const place = `${tryboot ? "by tryboot, " : ""}partition ${nameOf(boot)}`;
  const target = rootNumber === undefined ? "" : `, partition ${nameOf(rootNumber)}`;
  const said = root === undefined ? "names no root filesystem" : `root=${root}${target}`;
  const only = models === undefined || slot.kernels !== undefined ? "" : ` (${models.join(", ")})`;
  const words =
    ramdisk === undefined
      ? `${cmdline === undefined ? "" : `${cmdline}: `}${said}`
      : `inside of ${ramdisk}, which is not looked into`;
  return [
    `system:  ${place}, ${words}${only}`,
    ...(slot.kernels ?? []).map(({ kernel, initramfs, models: able }) => {
      const beside = initramfs === undefined ? "" : ` and ${initramfs.join(", ")}`;
      return `kernel:  ${kernel}${beside} on ${able.join(", ")}`;
    }),
    ...(slot.undecided ?? []).map(({ file, line, text, filters }) => {
      const below = filters.map((filter) => `[${filter}]`).join(" ");
      return `note:    ${file}:${line}: ${below} decides at the start whether \`${text}\` counts`;
    }),
  ];
}
