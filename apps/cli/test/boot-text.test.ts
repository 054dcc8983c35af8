import type { SeenSlot } from "@pibuild/partitioner";
import { expect, test } from "vitest";
import { bootLines, systemLines } from "../src/inspect/boot-text.ts";

const nameOf = (number: number) => `${number} (p${number})`;
const plain: SeenSlot = { boot: 1, root: "LABEL=writable", rootNumber: 2 };

test.for<[what: string, slot: SeenSlot, lines: string[]]>([
  ["a system", plain, ["system:  partition 1 (p1), root=LABEL=writable, partition 2 (p2)"]],
  [
    "one with a command line of another name, and kernels by model",
    {
      ...plain,
      cmdline: "current/cmdline.txt",
      kernels: [
        { kernel: "current/vmlinuz", initramfs: ["current/initrd.img"], models: ["Pi 4", "Pi 5"] },
      ],
    },
    [
      "system:  partition 1 (p1), current/cmdline.txt: root=LABEL=writable, partition 2 (p2)",
      "kernel:  current/vmlinuz and current/initrd.img on Pi 4, Pi 5",
    ],
  ],
  [
    "one that only some models start, by tryboot",
    { ...plain, tryboot: true, models: ["Pi 4"] },
    ["system:  by tryboot, partition 1 (p1), root=LABEL=writable, partition 2 (p2) (Pi 4)"],
  ],
  ["one without a root", { boot: 1 }, ["system:  partition 1 (p1), names no root filesystem"]],
  [
    "one inside of an image",
    { boot: 1, ramdisk: "boot.img" },
    ["system:  partition 1 (p1), inside of boot.img, which is not looked into"],
  ],
  [
    "what a board decides at its start",
    {
      boot: 1,
      undecided: [
        { file: "config.txt", line: 3, text: "kernel=a.img", filters: ["pi4", "gpio4=1"] },
      ],
    },
    [
      "system:  partition 1 (p1), names no root filesystem",
      "note:    config.txt:3: [pi4] [gpio4=1] decides at the start whether `kernel=a.img` counts",
    ],
  ],
])("%s", ([, slot, lines]) => {
  expect(systemLines(slot, nameOf)).toEqual(lines);
});

test("a line of autoboot.txt that the firmware passes over is a note", () => {
  const boot = {
    from: "autoboot.txt" as const,
    partition: 2,
    autoboot: { boot: 2, tryboot: 3, abUpdate: true },
    ignored: [
      { message: "is no setting of autoboot.txt", path: [], at: { file: "autoboot.txt", line: 4 } },
    ],
  };
  expect(bootLines(boot, nameOf)).toEqual([
    "boot:    partition 2 (p2), says autoboot.txt",
    "tryboot: partition 3 (p3)",
    "note:    autoboot.txt:4: is no setting of autoboot.txt",
  ]);
});
