// The public pages as a person without JavaScript uses them, over `inject`, and the letters that arrive at the sink.
import { afterAll, beforeAll } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import PostalMime, { type Email } from "postal-mime";
import { sendLetter } from "../../src/audience/letters.ts";
import { buildApp } from "../../src/web/app.ts";
import { withHouse } from "./sample.ts";

/** A house with its pages; call at the top of a file. */
export function withPublic(options: Parameters<typeof withHouse>[0] = {}) {
  let app: FastifyInstance | null = null;
  let client: pg.Client | null = null;
  afterAll(() => client?.end());
  afterAll(() => app?.close());
  const { house, databaseUrl } = withHouse(options);
  beforeAll(async () => {
    app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
    client = new pg.Client({ connectionString: databaseUrl() });
    await client.connect();
  });
  const pages = (): FastifyInstance => {
    if (!app) throw new Error("The pages are there inside tests and hooks only.");
    return app;
  };
  const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await client?.query<T>(sql, values))?.rows ?? [];
  const one = async <T>(sql: string, values: unknown[] = []): Promise<T> =>
    Object.values((await rows(sql, values))[0] ?? {})[0] as T;
  return {
    ...{ house, pages, rows, one },
    get: async (url: string) => pages().inject({ method: "GET", url }),
    post: async (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      pages().inject({
        method: "POST",
        url,
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
        payload: new URLSearchParams(fields).toString(),
      }),
    /** What a worker does with the letters that wait. */
    deliver: async (): Promise<void> => {
      for (const id of await house().deps.store.letters.due(100)) await sendLetter(house().deps, id);
    },
    /** The newest letter to an address, as its mailbox has it. */
    mailTo: async (to: string): Promise<Email> => {
      const { outbox } = house();
      const [entry] = outbox?.list({ offset: 0, limit: 1, to }) ?? [];
      const raw = entry && (await outbox?.read(entry.id));
      if (!raw) throw new Error(`nothing came to ${to}`);
      return PostalMime.parse(raw);
    },
    mails: (to: string): number => house().outbox?.list({ offset: 0, limit: 100, to }).length ?? 0,
  };
}

/** The path of the first link of ours in a letter. */
export function linkIn(mail: Email, kind: string): string {
  const found = new RegExp(`https?://[^/\\s]+(/${kind}/\\S+)`).exec(mail.text ?? "");
  if (!found?.[1]) throw new Error(`the letter has no /${kind}/ link`);
  return found[1];
}
