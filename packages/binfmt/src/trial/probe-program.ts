/** What the probe ends with: nothing that a shell or `chroot` ends with by itself. */
export const probeStatus = 42;

/** elf(5)'s number of each machine, and the code of `exit(42)`. */
const machines = {
  // mov edi, 42; mov eax, 60; syscall
  x64: { bits: 64, number: 0x3e, flags: 0, code: "bf2a000000b83c0000000f05" },
  // mov x0, #42; mov x8, #93; svc #0
  arm64: { bits: 64, number: 0xb7, flags: 0, code: "400580d2a80b80d2010000d4" },
  // mov r0, #42; mov r7, #1; svc #0. The flags say: EABI version 5.
  arm: { bits: 32, number: 0x28, flags: 0x05000000, code: "2a00a0e30170a0e3000000ef" },
} as const;

export type ProbeMachine = keyof typeof machines;

export function isProbeMachine(machine: string): machine is ProbeMachine {
  return machine in machines;
}

/** The smallest program of a machine (in Node's words): an ELF file that needs nothing around it. */
export function probeProgram(machine: ProbeMachine): Buffer {
  const { bits, number, flags, code } = machines[machine];
  const wide = bits === 64;
  const [headerSize, segmentSize] = wide ? [64, 56] : [52, 32];
  const entry = headerSize + segmentSize;
  const size = entry + code.length / 2;
  const base = 0x10000;
  const fields = [
    half(2), // fixed address
    half(number),
    word(1),
    address(base + entry),
    address(headerSize), // program headers
    address(0), // no sections
    word(flags),
    ...[headerSize, segmentSize, 1, 0, 0, 0].map(half),
    word(1), // to be loaded
    ...(wide ? [word(5)] : []), // readable, executable
    ...[0, base, base, size, size].map(address),
    ...(wide ? [] : [word(5)]),
    address(base),
    Buffer.from(code, "hex"),
  ];
  const identity = Buffer.alloc(16);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1]).copy(identity);
  return Buffer.concat([identity, ...fields]);

  function address(value: number): Buffer {
    return wide ? Buffer.concat([word(value), word(0)]) : word(value);
  }
}

function half(value: number): Buffer {
  return Buffer.from([value & 0xff, value >> 8]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
