// One run of Postfix's smtp-source: the same bytes to the same sink over as many connections, with nothing to ask or record.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createTransport } from "nodemailer";
import pg from "pg";
import { SENDING_AT_ONCE } from "../config/limits.ts";
import type { BenchHouse } from "./house.ts";
import type { Run } from "./report.ts";

/** Writes down one composed message of the campaign `key`; returns its file and how many bytes it is on the wire. */
export async function writeSample(house: BenchHouse, key: string): Promise<{ file: string; bytes: number }> {
  const client = new pg.Client({ connectionString: house.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ subject: string; html: string; text: string }>(
    `SELECT r.body ->> 'subject' AS subject, r.body ->> 'html' AS html, r.body ->> 'text' AS text
       FROM delivery d JOIN batch b ON b.dispatch_id = d.dispatch_id AND b.batch_no = d.batch_no JOIN rendition r ON r.id = b.rendition_id
       JOIN communication c ON c.id = r.communication_id
       JOIN campaign k ON k.id = c.campaign_id WHERE k.key = $1
      GROUP BY r.id ORDER BY count(*) DESC LIMIT 1`, // what most people got
    [key],
  );
  await client.end();
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "unix" });
  const link = house.deps.stopLink("00000000-0000-4000-8000-000000000000");
  const filled = Object.fromEntries(
    Object.entries(rows[0] ?? {}).map(([part, text]) => [part, text.replace(/\{\{\w+_url[^}]*\}\}/g, link)]),
  );
  const headers = { "List-Unsubscribe": `<${link}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };
  const from = "bellman@safer-alderwick.example.org";
  const { message } = await transport.sendMail({ from, to: "someone@example.org", headers, ...filled });
  const file = join(house.env.BELLMAN_DATA_DIR ?? ".", "sample.eml");
  const text = message as Buffer;
  writeFileSync(file, text);
  return { file, bytes: text.length + text.toString("latin1").split("\n").length };
}

export async function runSmtpSource(
  program: string,
  { sink }: BenchHouse,
  { file, messages }: { file: string; messages: number },
): Promise<Run> {
  const options = ["-d", "-s", String(SENDING_AT_ONCE), "-m", String(messages), "-F", file];
  const people = ["-f", "bellman@safer-alderwick.example.org", "-t", "someone@example.org"];
  const started = Date.now();
  await promisify(execFile)(program, [...options, ...people, `${sink.host}:${sink.port}`]);
  return { messages, seconds: (Date.now() - started) / 1_000, rssMb: 0, cpuMs: 0 };
}
