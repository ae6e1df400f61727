// The short public reference of a communication, e.g. "BM-7F3K-2Q": read out on the telephone, typed from a leaflet. Pure.

/** No vowels (no accidental words), no 0/O, 1/I, 5/S, 8/B look-alikes. */
const ALPHABET = "234679CDFGHJKLMNPQRTVWXYZ";
const LENGTH = 8;

/** Eight characters out of 25 from at least 8 random bytes: about 1.5e11 references, checked unique by the database. */
export function referenceFrom(random: Uint8Array): string {
  if (random.length < LENGTH)
    throw new RangeError(`referenceFrom needs ${LENGTH} random bytes, got ${random.length}`);
  const letters = [...random.subarray(0, LENGTH)]
    .map((byte) => ALPHABET.charAt(byte % ALPHABET.length))
    .join("");
  return `BM-${letters.slice(0, 4)}-${letters.slice(4)}`;
}
