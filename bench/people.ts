// A great many generated people, made by the database itself: a million in seconds, where the example's own way takes minutes.
import pg from "pg";

/** `small` of them are in the group of the segment "businesses", the others are young adults. All agreed to the one list. */
export async function addPeople(databaseUrl: string, people: number, small: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(PEOPLE, [people, small]);
    await client.query(CONSENT);
    await client.query("VACUUM ANALYZE subscriber, consent");
  } finally {
    await client.end();
  }
}

const PEOPLE = `
INSERT INTO subscriber (email, email_hash, first_name, language, area_code, groups, interests)
SELECT 'person-' || n || '@example.org', encode(sha256(convert_to('bench' || n, 'UTF8')), 'hex'),
       (ARRAY['Aisha', 'Tom', 'Siân', 'Priya', 'Wojtek', 'Grace', 'Zoë', NULL])[1 + n % 8], CASE WHEN n % 1000 = 0 THEN 'pl' ELSE 'en' END, w.codes[1 + n % array_length(w.codes, 1)],
       CASE WHEN n <= $2 THEN ARRAY['businesses'] ELSE ARRAY['young-adults'] END, '{}'
  FROM generate_series(1, $1::int) AS n, (SELECT array_agg(code) AS codes FROM area WHERE kind = 'ward') w`;

const CONSENT = `
INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
SELECT s.id, (SELECT list_key FROM channel WHERE kind = 'email' LIMIT 1), 'consent', 'benchmark', 'generated', now() FROM subscriber s`;
