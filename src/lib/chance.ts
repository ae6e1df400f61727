// Chance with a fixed start: the same seed gives the same draws on every machine. No business words.

/** Draws from 0 up to, not including, 1 (the generator known as mulberry32, 32 bits of state). Not for secrets. */
export type Chance = () => number;

export function openChance(seed: number): Chance {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const pick = <T>(chance: Chance, items: readonly T[]): T =>
  items[Math.floor(chance() * items.length)] as T;
