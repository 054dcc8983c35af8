/** Bytes that can be read at any place: a disk, an image of one, or a partition. */
export interface ByteReader {
  /** The bytes from an offset on: fewer than `length`, or none, where they end before. */
  read(offset: number, length: number): Promise<Buffer>;
}
