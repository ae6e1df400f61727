// What the public forms share: boxes that were ticked, and the languages people can be written in, named in their own words.

export interface Option {
  readonly value: string;
  readonly text: string;
  readonly selected: boolean;
}

/** The keys of the ticked boxes of one kind, which are named "group.over-65", each by itself. */
export const ticked = (fields: Readonly<Record<string, unknown>>, kind: string): string[] =>
  Object.keys(fields)
    .filter((name) => name.startsWith(`${kind}.`))
    .map((name) => name.slice(kind.length + 1));

export const languageChoices = (codes: readonly string[], chosen: string): Option[] =>
  [...new Set([...codes, chosen])].map((code) => ({
    value: code,
    text: nativeName(code),
    selected: code === chosen,
  }));

/** "polski": readers look for their language in its own words. */
export function nativeName(language: string): string {
  const name = new Intl.DisplayNames(language, { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
