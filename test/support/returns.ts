// A desk whose messages have all been taken by the relay, so that reports about them can come back.
import { returnAddress, returnToken } from "../../src/audience/bounces/return-token.ts";
import { takeIn } from "../../src/audience/bounces/take.ts";
import { messageIdLocal } from "../../src/lib/message-id.ts";
import { report, withDesk } from "./desk.ts";
import { dsn, failed, type Ours } from "./report-mail.ts";

export interface Sent extends Ours {
  readonly id: number;
  readonly subscriberId: string;
}
export const nth = (sent: readonly Sent[], at: number): Sent => {
  const found = sent[at];
  if (!found) throw new Error("not so many were sent");
  return found;
};
export const said = (one: Sent, status: string, words = `550 ${status} no`) =>
  dsn(one, { recipients: [failed(one.to, status, words)] });

/** Call at the top of a file. */
export function withReturns() {
  const { house, deps, rows, now, worker, pass, tell, states } = withDesk();

  /** The relay has taken everything; each delivery as the reports will name it. */
  async function sendAll(): Promise<Sent[]> {
    const owner = await worker();
    const sent: Sent[] = [];
    const { batches } = deps().store;
    for (;;) {
      const batch = await batches.claim(owner, "email", "ordinary", []);
      if (!batch) break;
      const waiting = await batches.deliveries(batch);
      await pass(owner, waiting);
      await tell(
        owner,
        waiting.map((ticket) => report(ticket, "accepted")),
      );
      await batches.finish(owner, batch, 0);
      for (const { id, deliveryKey, subscriberId, email } of waiting)
        sent.push({
          ...{ id, subscriberId: subscriberId ?? "", to: email ?? "", reference: batch.reference },
          returnPath: returnAddress("bounce@example.org", returnToken(deps().secret, id, deliveryKey)),
          messageId: `<${messageIdLocal(deliveryKey)}@safer-alderwick.example.org>`,
          stopLink: deps().stopLink(subscriberId ?? ""),
        });
    }
    return sent;
  }
  const take = (...bytes: readonly Buffer[]) =>
    takeIn(
      deps(),
      bytes.map((one) => ({ bytes: one })),
    );
  const suppressedFor = async ({ subscriberId }: Sent): Promise<string | null> =>
    (
      await rows<{ reason: string }>(
        "SELECT x.reason FROM suppression x JOIN subscriber s ON s.email_hash = x.email_hash WHERE s.id = $1",
        [subscriberId],
      )
    )[0]?.reason ?? null;
  const lastLine = async (kind: string) =>
    (
      await rows<{ body: string }>("SELECT body FROM log_entry WHERE kind = $1 ORDER BY seq DESC LIMIT 1", [
        kind,
      ])
    )[0]?.body ?? "";
  /** A person of one test is not left as they are for the next. */
  const free = ({ subscriberId }: Sent) =>
    rows("DELETE FROM suppression WHERE email_hash = (SELECT email_hash FROM subscriber WHERE id = $1)", [
      subscriberId,
    ]);

  return { house, deps, rows, now, states, sendAll, take, suppressedFor, lastLine, free };
}
