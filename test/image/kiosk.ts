import { expect } from "vitest";

export interface ExpectedKiosk {
  readonly buildId: RegExp;
  /** The root filesystem's mount, as device, type and options. */
  readonly root: RegExp;
  /** The same of the boot partition. */
  readonly boot: RegExp;
}

/** Asserts what an image of the KN-86 says of its own kiosk: nOSh on the first console, and no other way in. */
export function expectKiosk(console: string, expected: ExpectedKiosk): void {
  const kiosk = JSON.parse(/KN86-CHECK (\{.*\})/.exec(console)?.[1] ?? "{}");
  expect(kiosk).toMatchObject({
    buildId: expect.stringMatching(expected.buildId),
    root: expect.stringMatching(expected.root),
    boot: expect.stringMatching(expected.boot),
    nosh: ["nosh", "nosh", "tty1", "/opt/nosh/bin/nosh"],
    // QEMU's console, which the kernel's command line asks for; none on tty1 to tty6.
    gettys: ["ttyAMA0"],
    journal: [],
    passwords: [],
    powersOff: true,
    updates: true,
    startsOthers: false,
    stopsItself: false,
    changesItself: false,
    common: expect.stringMatching(/^\/dev\/vda1 vfat ro,/),
    shared: expect.stringMatching(/^\/dev\/vda6 ext4 rw,/),
  });
  expect(kiosk.groups).not.toContain("sudo");
  expect(kiosk.device).toContain("COMPATIBLE=kn86-deckline");
  expect(kiosk.device).toContain("BOARD=zero2w");
  expect(kiosk.device).toContainEqual(expect.stringMatching(/^LAYOUT=[0-9a-f]{64}$/));
}
