// Our own short links and how often each was opened on a day, by nobody in particular (LAW20).
import type { CountedLink } from "../domain/counted-links.ts";
import type { Database, Sql } from "./database.ts";

export interface LinkNow extends CountedLink {
  readonly communicationId: string;
  readonly times: number;
}
export interface LinkDay {
  readonly communicationId: string;
  /** "2026-11-22", by the partnership's own calendar. */
  readonly day: string;
  readonly times: number;
}

/** From the frozen version, so that an approver sees them before there is a row. $1 communications. */
const LINKS = `
SELECT c.id AS "communicationId", l.value ->> 'channelKey' AS "channelKey", l.value ->> 'code' AS code, l.value ->> 'url' AS url,
       coalesce((SELECT sum(n.times)::int FROM link_count n WHERE n.code = l.value ->> 'code'), 0) AS times
  FROM communication c JOIN content_version v ON v.hash = c.content_hash
 CROSS JOIN LATERAL jsonb_array_elements(coalesce(v.body::jsonb -> 'links', '[]')) l
 WHERE c.id = ANY ($1::uuid[]) ORDER BY c.id, 2, 4`;
const COUNT = `
INSERT INTO link_count (code, day, times)
SELECT g.code, (app_now() AT TIME ZONE coalesce((SELECT timezone FROM partnership), 'UTC'))::date, g.times
  FROM unnest($1::text[], $2::int[]) AS g(code, times) JOIN link l ON l.code = g.code
 ORDER BY g.code
ON CONFLICT (code, day) DO UPDATE SET times = link_count.times + excluded.times`;

export function openLinks({ pool, prisma }: Database) {
  return {
    /** Where a code leads; null for any that is not ours. */
    async target(code: string): Promise<string | null> {
      return (await prisma.link.findUnique({ where: { code }, select: { url: true } }))?.url ?? null;
    },
    /** Adds to the counts of today. */
    async count(counts: readonly (readonly [code: string, times: number])[]): Promise<void> {
      await pool.query(COUNT, [counts.map(([code]) => code), counts.map(([, times]) => times)]);
    },
    of: async (communicationIds: readonly string[]): Promise<LinkNow[]> =>
      (await pool.query<LinkNow>(LINKS, [communicationIds])).rows,
    async days(communicationIds: readonly string[]): Promise<LinkDay[]> {
      const { rows } = await pool.query<LinkDay>(
        `SELECT l.communication_id AS "communicationId", n.day::text, sum(n.times)::int AS times
           FROM link l JOIN link_count n ON n.code = l.code WHERE l.communication_id = ANY ($1::uuid[])
          GROUP BY 1, 2 ORDER BY 1, 2`,
        [communicationIds],
      );
      return rows;
    },
  };
}

/** In the transaction of the sign-off: what was approved can be opened from then on, and nothing else. */
export async function writeLinks(
  sql: Sql,
  communicationId: string,
  links: readonly CountedLink[],
): Promise<void> {
  if (links.length === 0) return;
  const values = [
    links.map((one) => one.code),
    communicationId,
    links.map((one) => one.channelKey),
    links.map((one) => one.url),
  ];
  await sql.query(
    `INSERT INTO link (code, communication_id, channel_key, url)
     SELECT code, $2, channel, url FROM unnest($1::text[], $3::text[], $4::text[]) AS g(code, channel, url) ON CONFLICT (code) DO NOTHING`,
    values,
  );
  const { rowCount } = await sql.query(
    `SELECT 1 FROM unnest($1::text[], $3::text[], $4::text[]) AS g(code, channel, url)
       JOIN link l ON l.code = g.code AND l.url = g.url AND l.channel_key = g.channel AND l.communication_id = $2::uuid`,
    values,
  );
  if (rowCount !== links.length) throw new Error("the code of a short link is taken by another address");
}
