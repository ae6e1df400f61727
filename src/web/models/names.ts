// Keys into the names people know, and instants into words, with the partnership's own time zone.
import { sayDate, sayWallTime } from "../../domain/wall-time.ts";
import { localPart } from "./proof.ts";
import type { WebDeps } from "../web-deps.ts";

/** Shown until `bellman apply` has set a partnership up. */
const NOBODY_YET = "Bellman";
const DEFAULT_ZONE = "Europe/London";

export interface Names {
  readonly partnershipName: string;
  readonly partnership: {
    readonly name: string;
    readonly strapline: string;
    readonly strategyLine: string;
  } | null;
  readonly zone: string;
  /** Each answers the key itself where it is unknown. */
  readonly agency: (key: string) => string;
  readonly priority: (key: string) => string;
  readonly channel: (key: string) => string;
  /** The file in src/channels that carries it; "" where the channel is unknown. */
  readonly kind: (channelKey: string) => string;
  /** The public name of a channel's account, where it has one. */
  readonly account: (channelKey: string) => string | null;
  /** "" stands for everyone: a channel that publishes once. */
  readonly segment: (key: string) => string;
  /** A person's name; "Bellman" for the machine. */
  readonly person: (email: string) => string;
  readonly personWithAgency: (email: string) => string;
  /** Those who may be named as having done something. */
  readonly everybody: readonly { readonly value: string; readonly text: string }[];
  readonly segmentOrder: (key: string) => number;
  /** "Sunday 25 October 2026, 9am". */
  readonly when: (instant: string | Date) => string;
  readonly day: (instant: string | Date) => string;
}

export async function openNames({ store }: Pick<WebDeps, "store">): Promise<Names> {
  const { partnership, agencies, priorities, segments, channels, people } = await store.pages.names();
  const zone = partnership?.timezone ?? DEFAULT_ZONE;
  const named = (rows: readonly { key: string; name: string }[]) => {
    const byKey = new Map(rows.map((row) => [row.key, row.name]));
    return (key: string): string => byKey.get(key) ?? key;
  };
  const byChannel = new Map(channels.map((channel) => [channel.key, channel]));
  const byEmail = new Map(people.map((person) => [person.email, person]));
  const agency = named(agencies);
  const segment = named(segments);
  const person = (email: string): string => {
    if (email === "bellman") return "Bellman";
    return byEmail.get(email.toLowerCase())?.name ?? localPart(email);
  };
  const iso = (at: string | Date): string => (typeof at === "string" ? at : at.toISOString());
  return {
    partnershipName: partnership?.name ?? NOBODY_YET,
    partnership,
    zone,
    agency,
    priority: named(priorities),
    channel: (key) => byChannel.get(key)?.label ?? key,
    kind: (key) => byChannel.get(key)?.kind ?? "",
    account: (key) => accountIn(byChannel.get(key)?.settings),
    segment: (key) => (key === "" ? "Everyone" : segment(key)),
    person,
    personWithAgency: (email) => {
      const known = byEmail.get(email.toLowerCase());
      return known ? `${known.name}, ${agency(known.agencyKey)}` : person(email);
    },
    everybody: people
      .filter((one) => one.active)
      .map((one) => ({ value: one.email, text: `${one.name}, ${agency(one.agencyKey)}` })),
    segmentOrder: (key) => segments.findIndex((row) => row.key === key),
    when: (at) => sayWallTime(iso(at), zone),
    day: (at) => sayDate(iso(at), zone),
  };
}

function accountIn(settings: unknown): string | null {
  const account = (settings as { account?: unknown } | null | undefined)?.account;
  return typeof account === "string" ? account : null;
}
