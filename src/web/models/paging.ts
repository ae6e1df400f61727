// Links to the page before and after, keeping what the page was filtered by.

export interface Pager {
  readonly previous: string | null;
  readonly next: string | null;
}

/** `more` says whether anything comes after this page. */
export function pagerOf(
  path: string,
  page: number,
  more: boolean,
  filter: Readonly<Record<string, string | undefined>> = {},
): Pager {
  const to = (number: number): string =>
    address(path, { ...filter, page: number === 1 ? undefined : String(number) });
  return { previous: page > 1 ? to(page - 1) : null, next: more ? to(page + 1) : null };
}

export function address(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
