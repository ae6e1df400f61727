// All the times of a campaign from what its author wrote: each communication of each turn with its window. Pure; faults name the field.
import { Temporal } from "temporal-polyfill";
import { baseTime, dueTimes } from "./due-time.ts";
import { type Turn, turns } from "./recurrence.ts";
import { sayRepeat } from "./repeat-rule.ts";
import { checkDue, resolveRecurring, resolveWallTime, wallAt } from "./wall-time.ts";
import {
  type Asked,
  type Fault,
  inOrder,
  type Moment,
  orderFaults,
  type Place,
  quietFaults,
} from "./window.ts";

export type { Asked, Moment, Place } from "./window.ts";

export interface Timetable {
  readonly places: readonly Place[];
  /** How it repeats, in words. */
  readonly repeats: string | null;
  readonly skips: readonly string[];
}
/** A wall time and its instant. */
type End = { readonly wall: string; readonly at: string };

/** Every time of a campaign, or every fault, each at its field. `latestUsefulAt` is a season's own for the launch. */
export function timetable(
  asked: Asked,
  moment: Moment,
  latestUsefulAt?: string,
): Timetable | { readonly faults: readonly Fault[] } {
  const { zone, now } = moment;
  const base = baseTime({ due: asked.due, zone, now, repeated: asked.repeated_hour });
  const [earliest, expires] = [written("earliest", asked, moment), written("expires", asked, moment)];
  const faults = [
    ...("fault" in base ? [{ path: ["due"], message: base.fault }] : []),
    ...[earliest, expires].flatMap((end) => (end !== null && "path" in end ? [end] : [])),
  ];
  if ("fault" in base || isFault(earliest) || isFault(expires)) return { faults };
  const found = asked.repeat
    ? turns(asked.repeat, base, zone, now)
    : { turns: [{ ...base, days: 0, note: null }], skips: [] };
  if ("path" in found) return { faults: [{ path: ["repeat", ...found.path], message: found.message }] };
  const places = found.turns.flatMap((turn) =>
    asked.communications.map((_, index) =>
      placeOf(asked, index, { turn, base: base.wall, zone, earliest, expires, latestUsefulAt }),
    ),
  );
  const wrong = [...orderFaults(asked, places, zone), ...quietFaults(asked, places, moment)];
  if (wrong.length > 0) return { faults: wrong };
  const skips = found.skips;
  return { places: places.map(inOrder), repeats: asked.repeat ? sayRepeat(asked.repeat) : null, skips };
}

const isFault = (end: End | Fault | null): end is Fault => end !== null && "path" in end;

/** An end of the window as its author wrote it, or what is wrong with it. */
function written(field: "earliest" | "expires", asked: Asked, { zone, now }: Moment): End | Fault | null {
  const wall = asked[field];
  if (wall === undefined) return null;
  const resolved = resolveWallTime(wall, zone, asked.repeated_hour);
  if (resolved.kind !== "ok") return { path: [field], message: resolved.sentence };
  const message = checkDue(resolved, now, field === "earliest" ? "earliest time" : "expiry");
  return message === null ? { wall: resolved.wall, at: resolved.instant } : { path: [field], message };
}

interface At {
  readonly turn: Pick<Turn, "wall" | "instant" | "note" | "days">;
  /** The campaign's own due time, which no clock has moved. */
  readonly base: string;
  readonly zone: string;
  readonly earliest: End | null;
  readonly expires: End | null;
  readonly latestUsefulAt: string | undefined;
}

function placeOf(asked: Asked, index: number, { turn, base, zone, latestUsefulAt, ...ends }: At): Place {
  const own = asked.communications[index];
  if (!own) throw new Error(`there is no communication ${index}`);
  const useful = asked.latest_useful_days ?? own.latest_useful_days;
  // A turn that the clocks moved does not move what comes days after it.
  const from = own.after_days === 0 ? turn : { ...turn, wall: addDays(base, turn.days) };
  const times = dueTimes(from, zone, own.after_days, useful);
  return {
    ...times,
    ...(own.after_days === 0 ? launch(turn, zone, latestUsefulAt) : {}),
    ...endsOf(shifted(ends.earliest, turn, zone), shifted(ends.expires, turn, zone)),
    key: asked.repeat ? `${own.key}-${turn.wall.slice(0, 10)}` : own.key,
    index,
  };
}

/** What the first of a turn's communications knows better: what the clocks made of it, and a season's own end. */
const launch = ({ note }: At["turn"], zone: string, latestUsefulAt: string | undefined) => ({
  dueNote: note,
  ...(latestUsefulAt === undefined ? {} : { latestUsefulAt, latestUsefulWall: wallAt(latestUsefulAt, zone) }),
});

const endsOf = (earliest: End | null, expires: End | null) => ({
  earliestWall: earliest?.wall ?? null,
  earliestAt: earliest?.at ?? null,
  expiresWall: expires?.wall ?? null,
  expiresAt: expires?.at ?? null,
});

/** The same end as many days later as the turn is, at the same wall time. */
function shifted(end: End | null, { days }: Pick<Turn, "days">, zone: string): End | null {
  if (end === null || days === 0) return end;
  const { wall, instant: at } = resolveRecurring(addDays(end.wall, days), zone);
  return { wall, at };
}

const addDays = (wall: string, days: number): string =>
  Temporal.PlainDateTime.from(wall).add({ days }).toString({ smallestUnit: "minute" });
