// Which of these words did somebody mean? For sentences that refuse a name; decides nothing.

/** How many letters must be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Up to `most` of them, the likeliest first: those that hold the word, or it them, and then those with the fewest letters changed. */
export function nearest(word: string, words: readonly string[], most = 3): string[] {
  const holds = (other: string) => word !== "" && (other.includes(word) || word.includes(other));
  return words
    .map((other) => ({ other, far: holds(other) ? 0 : distance(word, other) }))
    .sort((a, b) => a.far - b.far || a.other.localeCompare(b.other))
    .slice(0, most)
    .map(({ other }) => other);
}
