// Which delivery a report is about, if it proves that: by a signed return address, or by a Message-ID that nobody outside can invent (H93).
import { addressKey } from "../../domain/address.ts";
import { judge, type Judged } from "../../domain/bounce-kind.ts";
import { messageIdLocal } from "../../lib/message-id.ts";
import type { Believed, Bounced } from "../../store/bounces.ts";
import type { Store } from "../../store/store.ts";
import { emailHash, subscriberOf } from "../stop-token.ts";
import type { About, Report, ReportedRecipient } from "./report.ts";
import { claimedBy, isFor } from "./return-token.ts";

export interface MatchDeps {
  readonly store: Pick<Store, "bounces">;
  readonly secret: string;
}
export type StatusReport = Extract<Report, { kind: "delivery-status" }>;
export type FeedbackReport = Extract<Report, { kind: "feedback" }>;

/** The delivery, or null: another system's message, or somebody's invention. */
export async function deliveryOf({ store, secret }: MatchDeps, about: About, named: readonly string[] = []) {
  const claimed = about.tokens.flatMap((token) => claimedBy(token) ?? []);
  const byToken = (await store.bounces.byId(claimed)).find(({ id, deliveryKey }) =>
    about.tokens.some((token) => claimedBy(token) === id && isFor(secret, token, deliveryKey)),
  );
  if (byToken) return byToken;
  const { messageId, reference } = about;
  if (messageId === null || reference === null) return null;
  const people = about.stopTokens.flatMap((token) => subscriberOf(secret, token) ?? []);
  const hashes = [...about.addresses, ...named].map((address) => emailHash(secret, address));
  const candidates = await store.bounces.byHints(reference, people, hashes);
  return candidates.find(({ deliveryKey }) => messageIdLocal(deliveryKey) === messageId) ?? null;
}

/** What a status report says of this delivery; null where it says nothing that can be used. */
export function believed(delivery: Bounced, { recipients, source }: StatusReport): Believed | null {
  const said = ours(delivery, recipients).flatMap((one) => judge(one) ?? []);
  const mildest = said.sort((a, b) => SEVERITY[a.kind] - SEVERITY[b.kind])[0];
  return mildest ? { delivery, source, ...mildest } : null;
}

/**
 * The part of a report that is about the person we wrote to. Where none names them (an alias, a forwarding), all are about them, and
 * the mildest counts: what reached one of several has arrived.
 */
function ours({ email }: Bounced, recipients: readonly ReportedRecipient[]): readonly ReportedRecipient[] {
  const key = email === null ? null : addressKey(email);
  const named = recipients.filter(({ addresses }) => addresses.some((one) => addressKey(one) === key));
  return named.length > 0 ? named : recipients;
}
const SEVERITY: Readonly<Record<Judged["kind"], number>> = {
  ...{ delivered: 0, delayed: 1, soft: 2, policy: 3, hard: 4, complaint: 5 },
};
