/**
 * Gives back the memory of bytes that nobody reads any more, where it is theirs alone. As garbage it
 * would lie around for many chunks, and each of a few dozen of them would start a collection.
 */
export function releaseMemory({ buffer }: Buffer): void {
  // What Node cuts from its pool shares memory with others.
  if (buffer.byteLength > 2 * Buffer.poolSize) (buffer as ArrayBuffer).transfer(0);
}
