// What is on hold and what waits for a person, as every staff page says it in its frame.
import type { ScopeKind } from "../../domain/hold.ts";
import type { Names } from "./names.ts";
import type { WebDeps } from "../web-deps.ts";
import { capital } from "./words.ts";

export type StandingDeps = Pick<WebDeps, "store"> & Partial<Pick<WebDeps, "stopFile">>;

export interface HoldWords {
  /** Null for a stop file, which is not in the database yet. */
  readonly id: number | null;
  /** "Everything", "All messages of Alderwick Police". */
  readonly scope: string;
  readonly reason: string;
  readonly by: string;
  readonly since: string;
}
export interface Standing {
  readonly holds: readonly HoldWords[];
  readonly decisions: number;
  readonly doubts: number;
}

export async function standingNow({ store, stopFile }: StandingDeps, names: Names): Promise<Standing> {
  const [active, waiting] = await Promise.all([store.holds.active(), store.standing.waiting()]);
  const titles = await campaignTitles(store, active);
  const file = stopFile?.read();
  const fromFile: HoldWords[] = file
    ? [
        {
          id: null,
          scope: "Everything",
          reason: file.reason,
          by: sayBy(file.by, names),
          since: sayAt(file.at, names),
        },
      ]
    : [];
  const holds = active.map((one) => ({
    id: one.id,
    scope: sayScopeInWords(one.kind, one.key, names, titles),
    reason: one.reason,
    by: sayBy(one.placedBy, names),
    since: names.when(one.placedAt),
  }));
  return { holds: [...fromFile, ...holds], ...waiting };
}

async function campaignTitles(
  store: WebDeps["store"],
  holds: readonly { kind: ScopeKind; key: string }[],
): Promise<ReadonlyMap<string, string>> {
  const keys = holds.filter((one) => one.kind === "campaign").map((one) => one.key);
  if (keys.length === 0) return new Map();
  return new Map((await store.pages.campaignTitles(keys)).map(({ key, title }) => [key, title]));
}

/** What people call it, never a key where there is a name. */
export function sayScopeInWords(
  kind: ScopeKind,
  key: string,
  names: Names,
  titles: ReadonlyMap<string, string>,
): string {
  switch (kind) {
    case "everything":
      return "Everything";
    case "agency":
      return `All messages of ${names.agency(key)}`;
    case "channel":
      return `Everything on ${names.channel(key)}`;
    case "theme":
      return `Everything about “${names.priority(key)}”`;
    case "campaign":
      return `The campaign “${titles.get(key) ?? key}”`;
  }
}

const sayBy = (by: string, names: Names): string =>
  by === "" ? "somebody at this machine" : by.includes("@") ? names.personWithAgency(by) : capital(by);

function sayAt(at: string, names: Names): string {
  return Number.isNaN(Date.parse(at)) ? "a time it does not say" : names.when(new Date(at));
}
