// Takes in messages that came back: each is read, believed or not, kept once, and acted on. The only way in for all of them.
import { RETURNED_AT } from "../../../config/audience-limits.ts";
import { BOUNCE_KINDS, type BounceKind } from "../../domain/bounce-kind.ts";
import type { LogLine } from "../../domain/log-entry.ts";
import { whyPauseReturned } from "../../domain/threshold.ts";
import type { Believed, Bounced, Came as CameBack } from "../../store/bounces.ts";
import type { Store } from "../../store/store.ts";
import { stop } from "../stop.ts";
import { believed, deliveryOf, type MatchDeps } from "./match.ts";
import { type Came, readReport } from "./read-report.ts";
import type { NoReport, Report } from "./report.ts";

export interface TakeDeps extends MatchDeps {
  readonly store: Pick<Store, "bounces" | "holds" | "audience">;
  /** Ends everything for the person a token of the way out stands for; false where it is not ours. */
  readonly stopByToken: (token: string) => Promise<boolean>;
}

/** Counts only; nobody is named. */
export interface Taken {
  /** Messages looked at. */
  readonly read: number;
  /** Reports that said something new of a delivery of ours, by what they said. */
  readonly kinds: Readonly<Record<BounceKind, number>>;
  /** People no longer written to because of them. */
  readonly suppressed: number;
  /** People who wrote to the address of the way out. */
  readonly stopped: number;
  /** Ours, but read before or overtaken by worse. */
  readonly known: number;
  /** Reports that could not prove to be about a message of ours. */
  readonly unproven: number;
  /** What is no report at all. */
  readonly ignored: Readonly<Record<NoReport, number>>;
  /** References of communications that were paused for it. */
  readonly paused: readonly string[];
  /** Places among the messages given of those a person had better look at: no report, or one that cannot be read. */
  readonly left: readonly number[];
}
type Verdict = Believed | "stopped" | "unproven" | NoReport;

/** Safe to repeat with the same messages: what was taken in before changes nothing. */
export async function takeIn(deps: TakeDeps, messages: readonly Came[]): Promise<Taken> {
  const verdicts: Verdict[] = [];
  for (const message of messages) verdicts.push(await verdictOn(deps, await readReport(message)));
  const reports = verdicts.filter((one) => typeof one === "object");
  const came = reports.length > 0 ? await deps.store.bounces.record(reports, returnedLine) : [];
  const kinds = tally(BOUNCE_KINDS, (kind) => sum(came.map(({ counts }) => counts[kind] ?? 0)));
  const count = (what: Verdict) => verdicts.filter((one) => one === what).length;
  return {
    ...{ read: messages.length, kinds },
    suppressed: sum(came.map((one) => one.suppressed)),
    stopped: count("stopped"),
    known: reports.length - sum(Object.values(kinds)),
    unproven: count("unproven"),
    ignored: tally(["automatic", "other", "unreadable"], count),
    paused: await reviewReturned(deps, came),
    left: verdicts.flatMap((one, place) => (one === "other" || one === "unreadable" ? [place] : [])),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const tally = <Name extends string>(names: readonly Name[], of: (name: Name) => number) =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, number>;

async function verdictOn(deps: TakeDeps, report: Report): Promise<Verdict> {
  switch (report.kind) {
    case "none":
      return report.why;
    case "unsubscribe":
      return (await stopByAny(deps, report.tokens)) ? "stopped" : "unproven";
    case "feedback": {
      const delivery = await deliveryOf(deps, report.about);
      return delivery ? onFeedback(deps, delivery, report.wish) : "unproven";
    }
    case "delivery-status": {
      const named = report.recipients.flatMap(({ addresses }) => addresses);
      const delivery = await deliveryOf(deps, report.about, named);
      return delivery ? (believed(delivery, report) ?? "unreadable") : "unproven";
    }
  }
}

async function stopByAny({ stopByToken }: TakeDeps, tokens: readonly string[]): Promise<boolean> {
  for (const token of tokens) if (await stopByToken(token)) return true;
  return false;
}

/** Whoever asks their mail provider to be taken off has used a way out; calling it unwanted is a complaint. */
async function onFeedback(
  deps: TakeDeps,
  delivery: Bounced,
  wish: "complaint" | "opt-out",
): Promise<Verdict> {
  if (wish === "complaint") return { delivery, kind: "complaint", status: "", source: "arf" };
  if (delivery.subscriberId !== null) await stop(deps, { subscriberId: delivery.subscriberId, how: "mail" });
  return "stopped";
}

const about = ({ reference, campaignKey, leadAgencyKey }: Bounced) => ({
  reference,
  campaign: campaignKey,
  agency: leadAgencyKey,
});

/** One line for a communication and batch of reports: how many of what, never of whom. */
const returnedLine = ({ about: delivery, counts, suppressed }: CameBack): LogLine => ({
  kind: "deliveries.returned",
  actor: "bellman",
  ...about(delivery),
  facts: { channel: delivery.channelKey, dispatch: delivery.dispatchId, ...counts, suppressed },
});

/** Where so much came back that the rest had better wait for its owner: the communication is paused, once, and a person decides. */
async function reviewReturned({ store }: TakeDeps, came: readonly CameBack[]): Promise<string[]> {
  const tallies = came.length > 0 ? await store.bounces.tally(came.map((one) => one.about.dispatchId)) : [];
  const paused: string[] = [];
  for (const { about: delivery } of came) {
    const found = tallies.find(({ dispatchId }) => dispatchId === delivery.dispatchId);
    const why = found ? whyPauseReturned(found, RETURNED_AT) : null;
    if (!found || why === null) continue;
    const facts = { channel: delivery.channelKey, ...found, dispatchId: delivery.dispatchId };
    const line: LogLine = { kind: "communication.paused", actor: "bellman", ...about(delivery), why, facts };
    if (await store.holds.pause(delivery.communicationId, why, line)) paused.push(delivery.reference);
  }
  return paused;
}
