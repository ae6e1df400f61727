// Answers asked for again and again, kept while they are few: a list of a million people has a dozen groups and a hundred dates. Pure to whoever asks.

/** Like `make`, which must be pure. Keeps at most `most` answers, then begins anew. */
export function remembering<T>(most: number, make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (known.size >= most) known.clear();
    known.set(text, made);
    return made;
  };
}
