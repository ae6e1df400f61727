// The lists as people may look at them: names opened, small numbers of a sensitive one hidden, the agreement held against today.
import { type AgreementNow, agreementOn } from "../domain/agreement.ts";
import { DomainError } from "../domain/errors.ts";
import { shownCount } from "../domain/small-count.ts";
import { wallAt } from "../domain/wall-time.ts";
import type { ListFacts } from "../store/list-pages.ts";
import type { Store } from "../store/store.ts";

export interface ListsDeps {
  readonly store: Pick<Store, "listPages" | "plan" | "partnership">;
  readonly listNames: {
    readonly open: (list: { readonly key: string; readonly name: string }) => string;
    readonly openWords: (words: { readonly key: string; readonly text: string }) => string;
  };
}
export interface ListView extends Omit<
  ListFacts,
  "people" | "agreement" | "agreementUntil" | "wordingVersion" | "wordings"
> {
  /** Null: fewer than 10 on a sensitive list, which is never said more exactly. */
  readonly people: number | null;
  readonly agreement: AgreementNow | null;
  readonly wordings: readonly {
    readonly version: string;
    readonly text: string;
    readonly since: string;
    /** The words that people agree to today. */
    readonly current: boolean;
  }[];
}
export interface MonthView {
  /** "2026-11". */
  readonly month: string;
  readonly joined: number | null;
  readonly left: number | null;
}

/** How many months the chart of a list goes back, the present one among them. */
const MONTHS_SHOWN = 12;
const DEFAULT_ZONE = "Europe/London";

/** Every list, those in use first. */
export async function listsNow(deps: ListsDeps): Promise<readonly ListView[]> {
  const { today } = await todayOf(deps);
  return (await deps.store.listPages.all()).map((facts) => viewOf(deps, facts, today));
}

/** One list with who came and went in each of the last twelve months. Throws DomainError "no-such-list". */
export async function listNow(
  deps: ListsDeps,
  key: string,
): Promise<{ readonly list: ListView; readonly months: readonly MonthView[] }> {
  const facts = (await deps.store.listPages.all()).find((one) => one.key === key);
  if (!facts)
    throw new DomainError("no-such-list", `There is no list "${key}". "bellman lists list" shows all.`);
  const { today, zone } = await todayOf(deps);
  const shown = lastMonths(today);
  const counted = await deps.store.listPages.months(key, zone, `${shown[0] ?? today.slice(0, 7)}-01`);
  const months = shown.map((month) => {
    const { joined = 0, gone = 0 } = counted.find((one) => one.month === month) ?? {};
    return {
      month,
      joined: shownCount(joined, facts.sensitive),
      left: shownCount(gone, facts.sensitive),
    };
  });
  return { list: viewOf(deps, facts, today), months };
}

async function todayOf({ store }: ListsDeps): Promise<{ today: string; zone: string }> {
  const zone = (await store.partnership.read()).partnership?.timezone ?? DEFAULT_ZONE;
  return { zone, today: wallAt(await store.plan.now(), zone).slice(0, 10) };
}

function viewOf({ listNames }: ListsDeps, facts: ListFacts, today: string): ListView {
  const { people, agreement, agreementUntil, wordingVersion, wordings, ...rest } = facts;
  return {
    ...rest,
    name: listNames.open(facts),
    people: shownCount(people, facts.sensitive),
    agreement: agreementOn(today, { agreement, agreementUntil }),
    wordings: wordings.map(({ version, text, since }) => ({
      ...{ version, since: since.toISOString() },
      text: listNames.openWords({ key: facts.key, text }),
      current: version === wordingVersion,
    })),
  };
}

/** "2025-12" … "2026-11". */
function lastMonths(today: string): string[] {
  const last = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1;
  return Array.from({ length: MONTHS_SHOWN }, (_, i) => {
    const at = last - (MONTHS_SHOWN - 1 - i);
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`;
  });
}
