import { stat } from "node:fs/promises";

export interface SparseSize {
  /** The file's length. */
  readonly bytes: number;
  /** What it takes on the disk; less than `bytes` where it has holes. */
  readonly allocatedBytes: number;
}

/** How long a file is, and how much of it is really there. */
export async function sparseSize(path: string): Promise<SparseSize> {
  const { size, blocks } = await stat(path);
  // stat(2) counts blocks of 512 bytes, whatever the filesystem's own are.
  return { bytes: size, allocatedBytes: blocks * 512 };
}
