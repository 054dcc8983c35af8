import fc from "fast-check";

/** A change of some bytes of a file. */
export type Mutation = (bytes: Buffer) => Buffer;

/** A place in a file, as a share of its length, so that small changes of the file keep it. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (bytes: Buffer, share: number) => Math.floor(share * bytes.length);
const length = fc.oneof(
  fc.constantFrom(1, 8, 64, 100, 512, 1024, 4096),
  fc.integer({ min: 1, max: 3000 }),
);

const overwritten = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 16 })).map(
  ([share, data]): Mutation =>
    (bytes) => {
      const copy = Buffer.from(bytes);
      copy.set(data.subarray(0, bytes.length - at(bytes, share)), at(bytes, share));
      return copy;
    },
);

const flipped = fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(
  ([share, bit]): Mutation =>
    (bytes) => {
      const copy = Buffer.from(bytes);
      const index = at(bytes, share);
      if (index < copy.length) copy[index] = (copy[index] as number) ^ (1 << bit);
      return copy;
    },
);

const cut = fc.tuple(place, length).map(
  ([share, count]): Mutation =>
    (bytes) => {
      const start = at(bytes, share);
      return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + count)]);
    },
);

const truncated = place.map(
  (share): Mutation =>
    (bytes) =>
      bytes.subarray(0, at(bytes, share)),
);

const repeated = fc.tuple(place, place, length).map(
  ([from, to, count]): Mutation =>
    (bytes) => {
      const piece = bytes.subarray(at(bytes, from), at(bytes, from) + count);
      const start = at(bytes, to);
      return Buffer.concat([bytes.subarray(0, start), piece, bytes.subarray(start)]);
    },
);

/** Whole sectors change places, as members do that are put in another order. */
const exchanged = fc.tuple(place, place).map(
  ([one, two]): Mutation =>
    (bytes) => {
      const copy = Buffer.from(bytes);
      const sector = (share: number) => Math.floor(at(bytes, share) / 512) * 512;
      bytes.copy(copy, sector(one), sector(two), sector(two) + 512);
      bytes.copy(copy, sector(two), sector(one), sector(one) + 512);
      return copy;
    },
);

const appended = fc.uint8Array({ minLength: 1, maxLength: 2048 }).map(
  (data): Mutation =>
    (bytes) =>
      Buffer.concat([bytes, data]),
);

/** One to four changes, one after the other. */
export const mutations: fc.Arbitrary<Mutation> = fc
  .array(fc.oneof(flipped, overwritten, cut, truncated, repeated, exchanged, appended), {
    minLength: 1,
    maxLength: 4,
  })
  .map(
    (all): Mutation =>
      (bytes) =>
        all.reduce((result, mutate) => mutate(result), bytes),
  );
