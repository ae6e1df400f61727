// Twelve months of what is planned, and what the seasons ask for that nobody has planned yet. Asks nobody; only arranges.
import { type Occurrence, seasonDays, type SeasonsFile } from "../../domain/season.ts";
import { sayDay } from "../../domain/wall-time.ts";
import type { Tag } from "./words.ts";

export interface PlannedItem {
  readonly title: string;
  readonly campaignKey: string;
  readonly campaignTitle: string;
  readonly leadAgency: string;
  readonly reference: string;
  readonly seasonKey: string | null;
  /** "2026-10-24". */
  readonly date: string;
  readonly tag: Tag;
}
export interface DueItem {
  readonly title: string;
  readonly message: string;
  readonly date: string;
  readonly until: string;
  /** Where a half-term was taken from the usual pattern. */
  readonly assumed: boolean;
}
export interface Day {
  readonly date: string;
  readonly number: number;
  readonly said: string;
  readonly weekend: boolean;
  readonly today: boolean;
  readonly planned: readonly PlannedItem[];
  readonly due: readonly DueItem[];
  /** Seasons that began on an earlier day and are still of use. */
  readonly running: readonly string[];
}
export interface Month {
  /** "2026-10". */
  readonly key: string;
  readonly name: string;
  readonly year: number;
  readonly days: readonly Day[];
  /** Days with something in them. */
  readonly busy: readonly Day[];
}
export interface YearGrid {
  readonly months: readonly Month[];
  readonly planned: number;
  readonly due: number;
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
/** A campaign counts as its season's when something of it is due this near: farther away it belongs to another year's turn. */
const NEAR_DAYS = 60;

export const addMonths = (month: string, by: number): string => {
  const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`;
};
const lengthOf = (month: string): number =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** From the first day of `from` ("YYYY-MM"), twelve months. `planned` may hold more than falls into them. */
export function yearGrid(
  from: string,
  today: string,
  planned: readonly PlannedItem[],
  seasons: SeasonsFile | null,
): YearGrid {
  const keys = Array.from({ length: 12 }, (_, i) => addMonths(from, i));
  const last = keys.at(-1) ?? from;
  const found = seasons ? seasonDays(seasons, `${from}-01`, `${last}-${lengthOf(last)}`) : [];
  const bySeasonDay = new Map(found.map((day) => [day.date, day]));
  const open = (one: Occurrence) => !isPlanned(one, planned);
  const months = keys.map((key): Month => {
    const days = Array.from({ length: lengthOf(key) }, (_, i): Day => {
      const date = `${key}-${String(i + 1).padStart(2, "0")}`;
      const season = bySeasonDay.get(date);
      return {
        date,
        number: i + 1,
        said: sayDay(date),
        weekend: [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()),
        today: date === today,
        planned: planned.filter((item) => item.date === date),
        due: (season?.due ?? []).filter(open).map(dueItem),
        running: (season?.running ?? []).map((one) => one.title),
      };
    });
    const busy = days.filter((day) => day.planned.length + day.due.length > 0);
    return { key, name: MONTHS[Number(key.slice(5)) - 1] ?? key, year: Number(key.slice(0, 4)), days, busy };
  });
  const all = months.flatMap((month) => month.days);
  return {
    months,
    planned: all.reduce((sum, day) => sum + day.planned.length, 0),
    due: all.reduce((sum, day) => sum + day.due.length, 0),
  };
}

const isPlanned = (one: Occurrence, planned: readonly PlannedItem[]): boolean =>
  planned.some(
    (item) =>
      item.seasonKey === one.season &&
      Math.abs(dayNumber(item.date) - dayNumber(one.due.wall.slice(0, 10))) <= NEAR_DAYS,
  );

const dueItem = (one: Occurrence): DueItem => ({
  title: one.title,
  message: one.message,
  date: one.due.wall.slice(0, 10),
  until: sayDay(one.latestUseful.wall.slice(0, 10)),
  assumed: one.assumed,
});
