// The textbook's worker, as a careful developer writes it from the documentation of BullMQ and nodemailer.
import { type Job, Worker } from "bullmq";
import { createTransport } from "nodemailer";
import pg from "pg";
import { SENDING_AT_ONCE } from "../config/limits.ts";
import { beChild } from "./child.ts";
import { queueOptions, type TextbookJob } from "./textbook.ts";
import { QUEUES } from "../src/queue/queues.ts";

const { DATABASE_URL = "", SMTP_URL = "", TEXTBOOK_REDIS_URL = "" } = process.env;
/** As many messages under way as in one of our workers, so that no connection idles while another job's UPDATE is awaited. */
const AT_ONCE = SENDING_AT_ONCE * QUEUES.dispatch.atOnce;

interface Words {
  readonly id: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly language: string;
}

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 12 });
const smtp = createTransport({
  url: SMTP_URL,
  pool: true,
  maxConnections: SENDING_AT_ONCE,
  maxMessages: Infinity,
});
const { rows } = await pool.query<Words>(
  `SELECT id, language, body ->> 'subject' AS subject, body ->> 'html' AS html, body ->> 'text' AS text
     FROM rendition WHERE state = 'ready' AND channel_key = 'email'`,
);
const renditions = new Map(rows.map((words) => [words.id, words]));

const fill = (text: string, values: TextbookJob["values"]): string =>
  text.replace(
    /\{\{(\w+)(?:\|([^}]*))?\}\}/g,
    (_all, slot: string, fallback = "") => values[slot] ?? String(fallback),
  );

/** The message one recipient gets: the same words and headers as ours. */
export function compose({ renditionId, email, values }: TextbookJob) {
  const words = renditions.get(renditionId);
  if (!words) throw new Error(`rendition ${renditionId} is missing`);
  return {
    from: { name: "Safer Alderwick Partnership", address: "bellman@safer-alderwick.example.org" },
    to: email,
    subject: fill(words.subject, values),
    html: fill(words.html, values),
    text: fill(words.text, values),
    headers: {
      "Content-Language": words.language,
      "X-Bellman-Reference": "BM-XXXXX",
      "Auto-Submitted": "auto-generated",
      "List-Unsubscribe": `<${values.unsubscribe_url}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
  };
}

let sent = 0;
let expected = Infinity;
let finished = (): void => undefined;
const [options, factory] = queueOptions(TEXTBOOK_REDIS_URL, DATABASE_URL);
const work = async ({ data }: Job<TextbookJob>): Promise<void> => {
  await smtp.sendMail(compose(data));
  await pool.query("UPDATE textbook SET sent_at = now() WHERE id = $1", [data.id]);
  sent += 1;
  if (sent === expected) finished();
};
const worker = new Worker("textbook", work, { ...options, concurrency: AT_ONCE }, factory as never);
await worker.waitUntilReady();

beChild(
  { ready: true },
  {
    ask: ({ expect }: { expect: number }) =>
      new Promise((resolve) => {
        expected = expect;
        finished = () => resolve({ at: Date.now() });
      }),
    stop: async () => {
      await worker.close();
      if ("disconnect" in options.connection) options.connection.disconnect();
      smtp.close();
      await pool.end();
    },
  },
);
