/** A firmware for a microcontroller's flash. */
export interface Firmware {
  /** Address in the controller's memory, a multiple of 256. */
  readonly address: number;
  /** Which controllers take it: a number of UF2's list of families. */
  readonly family: number;
  readonly bytes: Uint8Array;
}

/** RP2350, Arm, secure: the Pico 2 (family ids of UF2). */
export const rp2350Arm = 0xe48bff59;
/** Where a Raspberry Pi controller's flash begins. */
export const flashStart = 0x10000000;

const blockBytes = 512;
const payloadBytes = 256;
const magic = { first: 0x0a324655, second: 0x9e5d5157, last: 0x0ab16f30 } as const;
const familyPresent = 0x2000;

/**
 * The firmware as a UF2 file: blocks of 512 bytes with 256 bytes of payload each, as
 * https://github.com/microsoft/uf2 describes them. The last one is filled up with zeros.
 */
export function writeUf2({ address, family, bytes }: Firmware): Uint8Array {
  const count = Math.ceil(bytes.length / payloadBytes);
  const file = new Uint8Array(count * blockBytes);
  for (let number = 0; number < count; number++) {
    const view = new DataView(file.buffer, number * blockBytes, blockBytes);
    const from = number * payloadBytes;
    const header = [
      ...[magic.first, magic.second, familyPresent, address + from],
      ...[payloadBytes, number, count, family],
    ];
    header.forEach((word, index) => {
      view.setUint32(index * 4, word, true);
    });
    file.set(bytes.subarray(from, from + payloadBytes), number * blockBytes + 32);
    view.setUint32(blockBytes - 4, magic.last, true);
  }
  return file;
}
