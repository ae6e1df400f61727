// The days on which London's clocks change, by the Summer Time Order 2002 and by the system's own zone data: nothing of ours.

export const twoDigits = (n: number): string => String(n).padStart(2, "0");

export interface ChangeDay {
  readonly day: string;
  readonly which: "forward" | "back";
}

/** The last Sundays of March and October of each year. */
export const changeDays = (from: number, to: number): ChangeDay[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i).flatMap((year) => [
    { day: lastSunday(year, 3), which: "forward" as const },
    { day: lastSunday(year, 10), which: "back" as const },
  ]);

function lastSunday(year: number, month: number): string {
  const last = new Date(Date.UTC(year, month, 0));
  last.setUTCDate(last.getUTCDate() - last.getUTCDay());
  return last.toISOString().slice(0, 10);
}

/** The 1,440 times a wall clock would show on any day: "2027-03-28T00:00" … */
export const minutesOf = (day: string): string[] =>
  Array.from({ length: 1440 }, (_, i) => `${day}T${twoDigits(Math.floor(i / 60))}:${twoDigits(i % 60)}`);

const LONDON = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/London",
  ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
});

/** What a clock in London shows at an instant, some minutes later or earlier where asked: "2027-03-28T02:30". */
export const inLondon = (instant: string, minutes = 0): string =>
  LONDON.format(new Date(Date.parse(instant) + minutes * 60_000)).replace(" ", "T");
