// A list in the words of the pages: its marks, its agreement, its months.
import type { ListView, MonthView } from "../../audience/lists.ts";
import type { Basis, ListKind } from "../../domain/basis.ts";
import { sayShown } from "../../domain/small-count.ts";
import { sayDay } from "../../domain/wall-time.ts";
import { chartOf } from "./chart.ts";
import type { Names } from "./names.ts";
import { plural, sayList, type Tag } from "./words.ts";

export const KINDS: Readonly<Record<ListKind, string>> = {
  residents: "Residents",
  youth: "Children and young people",
  emergency: "Emergencies only",
  internal: "Staff and members",
};
const BASES: Readonly<Record<Basis, string>> = {
  consent: "Consent",
  "public-task": "Public task",
  "soft-opt-in": "Soft opt-in",
  "charity-soft-opt-in": "Charity soft opt-in",
};

export function listWords(list: ListView, names: Names) {
  const { agreement } = list;
  return {
    key: list.key,
    name: list.name,
    agency: list.agency.name,
    controllers: sayList(list.controllers),
    kind: KINDS[list.kind],
    basis: BASES[list.basis],
    people: list.people === 1 ? "1 person" : `${sayShown(list.people)} people`,
    hidden: list.people === null,
    sensitive: list.sensitive,
    active: list.active,
    open: list.open,
    reason: list.reason,
    privacyNoticeUrl: list.privacyNoticeUrl,
    channels: list.channels.map((channel) => channel.label),
    tags: tagsOf(list),
    agreement: agreement && {
      ...agreement,
      said: `${agreement.reference}, until ${sayDay(agreement.until)}`,
      warning:
        agreement.state === "over"
          ? `The sharing agreement ended with ${sayDay(agreement.until)}. Nothing is sent to this list until it is renewed.`
          : agreement.state === "soon"
            ? `The sharing agreement ends with ${sayDay(agreement.until)}, ${agreement.days === 0 ? "today" : `in ${plural(agreement.days, "day")}`}. Nothing is sent to this list after it.`
            : null,
    },
    wordings: list.wordings.map(({ version, text, since, current }) => ({
      ...{ version, text, current },
      since: names.day(since),
    })),
  };
}

function tagsOf({ active, sensitive, kind, agreement, open }: ListView): Tag[] {
  return [
    ...(active ? [] : [{ text: "Switched off", colour: "grey" }]),
    ...(sensitive ? [{ text: "Sensitive", colour: "purple" }] : []),
    ...(kind === "residents" ? [] : [{ text: KINDS[kind], colour: "blue" }]),
    ...(open ? [] : [{ text: "Not open to join", colour: "grey" }]),
    ...(agreement?.state === "over" ? [{ text: "Agreement over", colour: "red" }] : []),
    ...(agreement?.state === "soon" ? [{ text: "Agreement ends soon", colour: "orange" }] : []),
  ];
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
/** Columns for those who joined and left, and a table that says the same. */
export function monthsOf(months: readonly MonthView[]) {
  const known = months.filter(({ joined, left }) => joined !== null || left !== null);
  const sum = (part: "joined" | "left") => known.reduce((all, month) => all + (month[part] ?? 0), 0);
  const rows = months.map(({ month, joined, left }) => {
    const name = MONTHS[Number(month.slice(5)) - 1] ?? month;
    return {
      ...{ short: name.slice(0, 3), name: `${name} ${month.slice(0, 4)}` },
      ...{ joined: joined === null ? cell : joined, left: left === null ? cell : left },
    };
  });
  return {
    rows,
    chart: chartOf(months.map(({ joined, left }) => [joined, left])),
    sentence:
      known.length === 0
        ? "In no month did 10 or more join or leave"
        : `${plural(sum("joined"), "person", "people")} joined and ${plural(sum("left"), "person", "people")} left in the last ${months.length} months${known.length < months.length || months.some(({ joined, left }) => joined === null || left === null) ? ", small numbers not counted" : ""}`,
  };
}
const cell = sayShown(null);
