/** Machine numbers of elf(5), and code that ends with a status. */
const machines = {
  // mov x0, #status; mov x8, #93; svc #0
  arm64: { number: 0xb7, exit: (status: number) => arm64Exit(status) },
  // mov edi, status; mov eax, 60; syscall
  amd64: {
    number: 0x3e,
    exit: (status: number) => Buffer.from([0xbf, status, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]),
  },
} as const;

/** The smallest program that ends with a status, with a build id where one is given (40 digits). */
export function exitProgram(machine: keyof typeof machines, status: number, buildId = ""): Buffer {
  return program(machine, machines[machine].exit(status), buildId);
}

/** An arm64 program that ends with the lowest byte of its effective user's number. */
export function identityProgram(): Buffer {
  // mov x8, #175; svc #0; mov x8, #93; svc #0
  return program("arm64", words([0xd28015e8, 0xd4000001, 0xd2800ba8, 0xd4000001]));
}

function program(machine: keyof typeof machines, code: Buffer, buildId = ""): Buffer {
  const entry = 64 + 2 * 56;
  const noteAt = entry + 32;
  const size = noteAt + 36;
  const bytes = Buffer.alloc(size);
  Buffer.from("7f454c46020101", "hex").copy(bytes);
  bytes.writeUInt16LE(2, 16); // fixed address
  bytes.writeUInt16LE(machines[machine].number, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(0x400000 + entry), 24);
  bytes.writeBigUInt64LE(64n, 32); // program headers
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(2, 56);
  segment(bytes, 64, { type: 1, flags: 5, offset: 0, address: 0x400000, size, align: 0x10000 });
  segment(bytes, 120, {
    type: buildId === "" ? 0 : 4,
    flags: 4,
    offset: noteAt,
    address: 0x400000 + noteAt,
    size: 36,
    align: 4,
  });
  code.copy(bytes, entry);
  bytes.writeUInt32LE(4, noteAt);
  bytes.writeUInt32LE(20, noteAt + 4);
  bytes.writeUInt32LE(3, noteAt + 8);
  bytes.write("GNU\0", noteAt + 12, "latin1");
  Buffer.from(buildId, "hex").copy(bytes, noteAt + 16);
  return bytes;
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
  readonly align: number;
}

function segment(program: Buffer, at: number, fields: Segment): void {
  program.writeUInt32LE(fields.type, at);
  program.writeUInt32LE(fields.flags, at + 4);
  const { offset, address, size, align } = fields;
  [offset, address, address, size, size, align].forEach((value, index) => {
    program.writeBigUInt64LE(BigInt(value), at + 8 + index * 8);
  });
}

function arm64Exit(status: number): Buffer {
  return words([0xd2800000 + status * 32, 0xd2800ba8, 0xd4000001]);
}

function words(values: readonly number[]): Buffer {
  const code = Buffer.alloc(values.length * 4);
  values.forEach((word, index) => {
    code.writeUInt32LE(word, index * 4);
  });
  return code;
}
