// One run of the textbook: a job for each recipient, sendMail of the same words, one UPDATE each. Its producer is this process.
import { createPostgresBackend, Queue } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { startChild } from "./child.ts";
import type { BenchHouse } from "./house.ts";
import type { Run } from "./report.ts";

export interface TextbookJob {
  readonly id: number;
  readonly renditionId: string;
  readonly email: string;
  readonly values: Readonly<Record<string, string | null>>;
}

const QUEUE = "textbook";
const AT_A_TIME = 1_000;

/** The queue is on Redis where there is one, else on PostgreSQL; both ends open it the same way. */
export const queueOptions = (redisUrl: string, databaseUrl: string) =>
  redisUrl
    ? ([{ connection: new Redis(redisUrl, { maxRetriesPerRequest: null }) }] as const)
    : ([
        { connection: { connectionString: databaseUrl, schema: "bullmq", migrate: true } },
        createPostgresBackend,
      ] as const);

/** Writes to the people of the campaign `key` (one of ours that has run), in its renditions. */
export async function runTextbook(house: BenchHouse, key: string, redisUrl: string): Promise<Run> {
  const jobs = await prepareTable(house, key);
  const worker = await startChild("textbook-worker.ts", {
    env: { ...house.env, TEXTBOOK_REDIS_URL: redisUrl },
  });
  const [options, factory] = queueOptions(redisUrl, house.databaseUrl);
  const queue = new Queue(QUEUE, options, factory as never);
  await queue.waitUntilReady();
  const started = Date.now();
  const done = worker.ask({ expect: jobs.length });
  for (let from = 0; from < jobs.length; from += AT_A_TIME) {
    const some = jobs.slice(from, from + AT_A_TIME);
    await queue.addBulk(some.map((data) => ({ name: QUEUE, data, opts: { removeOnComplete: true } })));
  }
  const { at } = await done;
  await queue.close();
  if ("disconnect" in options.connection) options.connection.disconnect();
  const cost = await worker.stop();
  await everyoneSent(house, jobs.length);
  return { messages: jobs.length, seconds: (Number(at) - started) / 1_000, ...cost };
}

/** A plain table with a primary key and nothing else to keep up. */
async function prepareTable({ databaseUrl, deps }: BenchHouse, key: string): Promise<TextbookJob[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("DROP TABLE IF EXISTS textbook");
    await client.query("CREATE TABLE textbook (id bigint PRIMARY KEY, sent_at timestamptz)");
    const { rows } = await client.query<Record<string, string>>(
      `SELECT d.id, b.rendition_id, s.id AS person, s.email, s.first_name,
              CASE WHEN a.kind = 'neighbourhood' THEN up.name WHEN a.kind = 'ward' THEN a.name END AS ward
         FROM delivery d JOIN batch b ON b.dispatch_id = d.dispatch_id AND b.batch_no = d.batch_no
         JOIN dispatch p ON p.id = d.dispatch_id JOIN communication c ON c.id = p.communication_id JOIN campaign k ON k.id = c.campaign_id
         JOIN subscriber s ON s.id = d.subscriber_id LEFT JOIN area a ON a.code = s.area_code
         LEFT JOIN area up ON up.code = a.parent_code
        WHERE k.key = $1 ORDER BY d.id`,
      [key],
    );
    await client.query("INSERT INTO textbook (id) SELECT unnest($1::bigint[])", [rows.map((row) => row.id)]);
    return rows.map(({ id, rendition_id, person = "", email = "", first_name, ward }) => {
      const stop = deps.stopLink(person);
      const values = { first_name, ward, unsubscribe_url: stop, preferences_url: stop };
      return { id: Number(id), renditionId: rendition_id ?? "", email, values } as TextbookJob;
    });
  } finally {
    await client.end();
  }
}

async function everyoneSent({ databaseUrl }: BenchHouse, expected: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ sent: number }>("SELECT count(sent_at)::int AS sent FROM textbook");
  await client.end();
  if (rows[0]?.sent !== expected) throw new Error(`textbook: ${rows[0]?.sent} of ${expected} were sent`);
}
