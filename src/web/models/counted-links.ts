// The short links of a communication: where each leads, how often it was opened, and on which days. Counts of nobody in particular.
import { sayDay } from "../../domain/wall-time.ts";
import type { LinkDay, LinkNow } from "../../store/links.ts";
import { chartOf } from "./chart.ts";
import type { Names } from "./names.ts";
import { plural } from "./words.ts";

/** After this many days hardly anybody opens a message again; the table has all of them. */
const DAYS_SHOWN = 28;

/** Null where none is counted. */
export function countedLinks(links: readonly LinkNow[], days: readonly LinkDay[], names: Names) {
  if (links.length === 0) return null;
  const total = links.reduce((sum, one) => sum + one.times, 0);
  const shown = filled(days).slice(0, DAYS_SHOWN);
  return {
    rows: links.map(({ channelKey, code, url, times }) => ({
      ...{ channel: names.channel(channelKey), url, times, short: `/l/${code}` },
    })),
    total,
    sentence: `Opened ${plural(total, "time")} in all`,
    chart: chartOf(shown.map(({ times }) => [times])),
    days: shown.map(({ day, times }) => ({ short: String(Number(day.slice(8))), name: sayDay(day), times })),
  };
}

/** Every day from the first to the last, so that a quiet one shows. */
function filled(days: readonly LinkDay[]): { day: string; times: number }[] {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return [];
  const count = Math.round((Date.parse(last.day) - Date.parse(first.day)) / 86_400_000) + 1;
  return Array.from({ length: Math.min(count, DAYS_SHOWN) }, (_, i) => {
    const day = new Date(Date.parse(first.day) + i * 86_400_000).toISOString().slice(0, 10);
    return { day, times: days.find((one) => one.day === day)?.times ?? 0 };
  });
}
