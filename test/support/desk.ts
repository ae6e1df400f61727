// The sending steps by hand, against real PostgreSQL: a campaign released and rendered, workers that are only a lease, nothing rung.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import pg from "pg";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import type { Deps } from "../../src/deps.ts";
import { release } from "../../src/journey/release.ts";
import { renderRendition } from "../../src/journey/render.ts";
import type { Batch, Waiting } from "../../src/store/batches.ts";
import type { Report } from "../../src/store/gate.ts";
import { firstCampaign, FIRST_CAMPAIGN, withHouse } from "./sample.ts";

export const line = () => ({ kind: "deliveries.recorded", actor: "test" }) as const;
export const idsOf = (waiting: readonly Waiting[]): number[] => waiting.map(({ id }) => id);
export const report = (ticket: Waiting, state: Report["state"]): Report => ({
  id: ticket.id,
  fence: ticket.fence,
  passed: true,
  state,
  code: null,
  proof: "x",
  waitMinutes: 1,
});

/** Before each test a campaign of its own, to 120 people, by email, post and page; call at the top of a file. */
export function withDesk() {
  let client: pg.Client;
  let runs = 0;
  const now = { key: "", communicationId: "", dispatchId: "" };
  afterAll(() => client.end());
  const { house, databaseUrl } = withHouse({ people: 120 });
  const deps = (): Deps => house().deps;
  const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query<T>(sql, values)).rows;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: databaseUrl() });
    await client.connect();
  });
  beforeEach(async () => {
    runs += 1;
    now.key = `sending-${runs}`;
    await startCampaign(deps(), { text: await firstCampaign(now.key), name: FIRST_CAMPAIGN, now: true });
    const campaign = await deps().store.plan.campaign(now.key);
    now.communicationId = campaign?.communications[0]?.id ?? "";
    await release(deps(), { communicationId: now.communicationId });
    for (const { id } of (await deps().store.plan.communication(now.communicationId))?.renditions ?? [])
      await renderRendition(deps(), { renditionId: id });
    const [found] = await rows<{ id: string }>(
      "SELECT id FROM dispatch WHERE communication_id = $1 AND channel_key = 'email'",
      [now.communicationId],
    );
    now.dispatchId = found?.id ?? "";
  });
  // What an earlier test left open is not the next one's to claim.
  afterEach(() =>
    rows(
      "UPDATE batch SET ring_at = NULL, lease_owner = NULL, done_at = coalesce(done_at, now()), counts = coalesce(counts, '{}')",
    ),
  );

  return { house, deps, rows, now, ...byHand(deps, rows, now) };
}

type Rows = <T extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<T[]>;

function byHand(deps: () => Deps, rows: Rows, now: { readonly dispatchId: string }) {
  return {
    /** How many deliveries of the email dispatch are in which state. */
    states: async (): Promise<Record<string, number>> => {
      const counted = await rows<{ state: string; n: string }>(
        "SELECT state, count(*) AS n FROM delivery WHERE dispatch_id = $1 GROUP BY 1",
        [now.dispatchId],
      );
      return Object.fromEntries(counted.map(({ state, n }) => [state, Number(n)]));
    },
    /** A worker on duty, by its lease alone. */
    worker: async (leaseSeconds = 30): Promise<string> => {
      const owner = randomUUID();
      await deps().store.workers.beat(owner, { host: "test", pid: 1 }, leaseSeconds);
      return owner;
    },
    /** The next batch of emails as `owner` holds it, with what is left of it. */
    claim: async (owner: string): Promise<{ batch: Batch; waiting: Waiting[] }> => {
      const { batches } = deps().store;
      const batch = await batches.claim(owner, "email", "ordinary", []);
      if (!batch) throw new Error("nothing to claim");
      return { batch, waiting: await batches.deliveries(batch) };
    },
    canClaim: async (owner: string): Promise<boolean> =>
      (await deps().store.batches.claim(owner, "email", "ordinary", [])) !== null,
    /** The ids of those that may leave. */
    pass: async (owner: string, asked: readonly Waiting[]): Promise<ReadonlySet<number>> =>
      new Set([...(await deps().store.gate.commit(owner, asked, [], 24))].map(({ id }) => id)),
    tell: (owner: string, told: readonly Report[]) => deps().store.gate.commit(owner, [], told, 24),
    /** The worker's lease ends without a word, as after kill -9, and the sweeper sees it. */
    die: async (owner: string): Promise<void> => {
      await rows("UPDATE worker SET lease_until = now() - interval '1 second' WHERE id = $1", [owner]);
      await deps().store.batches.lapse(0, line);
    },
    /** A doubt is old enough to be decided. */
    age: () => rows("UPDATE doubt SET since = since - interval '1 minute', asked_at = NULL"),
  };
}
