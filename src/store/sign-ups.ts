// People who ask to join, and the moment they confirm it: only then are there a subscriber, a consent and its evidence.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database, Sql } from "./database.ts";

/** What was said of oneself when asking. Sensitive interests are sealed before they come here. */
export interface JoinAnswers {
  readonly firstName: string | null;
  readonly areaCode: string | null;
  readonly groups: readonly string[];
  readonly interests: readonly string[];
  readonly language: string;
  readonly format: "html" | "plain";
  readonly ageBand: string;
  /** Which words each list showed. */
  readonly wordings: Readonly<Record<string, string>>;
}
export interface Asking {
  readonly email: string;
  readonly emailHash: string;
  readonly lists: readonly string[];
  readonly answers: JoinAnswers;
  readonly source: string;
  readonly days: number;
  readonly lettersADay: number;
}
/** `apart`: the address is on lists of the other kind, children's and others' never mix. `gone`: expired, or never there. */
export type Joined =
  { readonly kind: "joined"; readonly subscriberId: string } | { readonly kind: "apart" | "gone" };

/** The sign-up and its letter, or neither. The same work whoever asks. */
const ASK = `
WITH asked AS (
  INSERT INTO sign_up (email, email_hash, lists, answers, source, expires_at)
  SELECT $1, $2, $3, $4, $5, app_now() + make_interval(days => $6)
   WHERE (SELECT count(*) FROM letter WHERE email_hash = $2 AND asked_at > app_now() - interval '1 day') < $7
  RETURNING id, email_hash, expires_at)
INSERT INTO letter (kind, about, email_hash, useful_until) SELECT 'confirm', id, email_hash, expires_at FROM asked`;

interface SignUp {
  readonly email: string;
  readonly hash: string;
  readonly lists: string[];
  readonly answers: JoinAnswers;
  readonly source: string;
  readonly done: boolean;
}

/** Whom the address belongs to now. Who is there keeps what they said before, and adds what they say now. */
const PERSON = `
INSERT INTO subscriber AS s (email, email_hash, first_name, language, area_code, groups, interests, format, age_band)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (email_hash) DO UPDATE SET
  email = excluded.email, first_name = coalesce(excluded.first_name, s.first_name), language = excluded.language,
  area_code = coalesce(excluded.area_code, s.area_code), format = excluded.format, age_band = excluded.age_band,
  groups = ARRAY(SELECT DISTINCT unnest(s.groups || excluded.groups) ORDER BY 1),
  interests = ARRAY(SELECT DISTINCT unnest(s.interests || excluded.interests) ORDER BY 1),
  soft_bounces = 0, paused_until = NULL, confirmed_at = app_now()
RETURNING id`;

export function openSignUps({ pool, transaction }: Database) {
  return {
    async ask({ email, emailHash, lists, answers, source, days, lettersADay }: Asking): Promise<void> {
      await pool.query(ASK, [email, emailHash, lists, JSON.stringify(answers), source, days, lettersADay]);
    },

    /** Where a postcode lies; null for one that is not in the table. `spellings`: with and without its space. */
    async areaOf(spellings: readonly string[]): Promise<string | null> {
      const { rows } = await pool.query<{ area: string }>(
        "SELECT area_code AS area FROM postcode WHERE postcode = ANY ($1) LIMIT 1",
        [spellings],
      );
      return rows[0]?.area ?? null;
    },

    /** A second use of the link changes nothing and says the same. */
    confirm: (id: string, line: (lists: readonly string[]) => LogLine): Promise<Joined> =>
      transaction(async (sql, log) => {
        const up = await lockSignUp(sql, id);
        if (!up) return { kind: "gone" };
        if (up.done) return knownAs(sql, up.hash);
        const lists = await openLists(sql, up.lists);
        if (lists.length === 0) return { kind: "gone" };
        if (await isOnOtherKind(sql, up.hash, lists[0]?.kind === "youth")) return { kind: "apart" };
        const keys = lists.map(({ key }) => key);
        const subscriberId = await writePerson(sql, up);
        await liftStops(sql, subscriberId, up.hash, keys);
        await giveConsent(sql, subscriberId, up, lists);
        await sql.query("UPDATE sign_up SET confirmed_at = app_now() WHERE id = $1", [id]);
        // The record says who of us did what, not that somebody is on a list that tells something about them (LAW6).
        log(line(lists.filter((list) => !list.sensitive).map(({ key }) => key)));
        return { kind: "joined", subscriberId };
      }),

    /** How many sign-ups nobody confirmed were forgotten, with their addresses. A confirmed one is evidence: retention.ts ends it. */
    forget: async (): Promise<number> =>
      (await pool.query("DELETE FROM sign_up WHERE confirmed_at IS NULL AND expires_at < app_now()"))
        .rowCount ?? 0,
  };
}

async function lockSignUp(sql: Sql, id: string): Promise<SignUp | null> {
  const { rows } = await sql.query<SignUp>(
    `SELECT email, email_hash AS hash, lists, answers, source, confirmed_at IS NOT NULL AS done
       FROM sign_up WHERE id = $1 AND (confirmed_at IS NOT NULL OR expires_at > app_now()) FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

async function knownAs(sql: Sql, hash: string): Promise<Joined> {
  const { rows } = await sql.query<{ id: string }>("SELECT id FROM subscriber WHERE email_hash = $1", [hash]);
  return rows[0] ? { kind: "joined", subscriberId: rows[0].id } : { kind: "gone" };
}

interface OpenList {
  readonly key: string;
  readonly kind: string;
  readonly version: string;
  readonly sensitive: boolean;
}
/** Lists that were closed since are left out. */
const openLists = async (sql: Sql, keys: readonly string[]): Promise<OpenList[]> =>
  (
    await sql.query<OpenList>(
      "SELECT key, kind, wording_version AS version, sensitive FROM list WHERE key = ANY ($1) AND active AND open ORDER BY key",
      [keys],
    )
  ).rows;

/** A child's address and an adult's are never one person's in our lists (LAW8). */
async function isOnOtherKind(sql: Sql, hash: string, youth: boolean): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM subscriber s JOIN consent c ON c.subscriber_id = s.id AND c.withdrawn_at IS NULL JOIN list l ON l.key = c.list_key
      WHERE s.email_hash = $1 AND (l.kind = 'youth') <> $2 LIMIT 1`,
    [hash, youth],
  );
  return rowCount === 1;
}

async function writePerson(sql: Sql, { email, hash, answers }: SignUp): Promise<string> {
  const { firstName, language, areaCode, groups, interests, format, ageBand } = answers;
  const values = [email, hash, firstName, language, areaCode, groups, interests, format, ageBand];
  const { rows } = await sql.query<{ id: string }>(PERSON, values);
  if (!rows[0]) throw new Error("a sign-up was confirmed without a subscriber");
  return rows[0].id;
}

/**
 * A stop to everything is lifted for exactly these lists (H8): what else still stood ends first, and where a person had said stop,
 * every other list keeps that as an objection, so that no import brings it back.
 */
async function liftStops(
  sql: Sql,
  subscriberId: string,
  hash: string,
  lists: readonly string[],
): Promise<void> {
  const { rows } = await sql.query<{ reason: string }>(
    "SELECT reason FROM suppression WHERE email_hash = $1 FOR UPDATE",
    [hash],
  );
  if (rows[0]) {
    const bounced = /bounce/.test(rows[0].reason);
    await sql.query(
      `UPDATE consent SET withdrawn_at = now(), end_reason = $3
        WHERE subscriber_id = $1 AND withdrawn_at IS NULL AND list_key <> ALL ($2)`,
      [subscriberId, lists, bounced ? "lapsed" : "withdrawn"],
    );
    if (!bounced)
      await sql.query(
        "INSERT INTO objection (email_hash, list_key, reason) SELECT $1, key, $3 FROM list WHERE key <> ALL ($2) ON CONFLICT DO NOTHING",
        [hash, lists, rows[0].reason],
      );
    await sql.query("DELETE FROM suppression WHERE email_hash = $1", [hash]);
  }
  await sql.query("DELETE FROM objection WHERE email_hash = $1 AND list_key = ANY ($2)", [hash, lists]);
}

async function giveConsent(
  sql: Sql,
  subscriberId: string,
  up: SignUp,
  lists: readonly OpenList[],
): Promise<void> {
  const keys = lists.map(({ key }) => key);
  await sql.query(
    `UPDATE consent SET withdrawn_at = now(), end_reason = 'superseded'
      WHERE subscriber_id = $1 AND withdrawn_at IS NULL AND list_key = ANY ($2)`,
    [subscriberId, keys],
  );
  // The words that were on the page when they asked, not those of today.
  const versions = lists.map(({ key, version }) => up.answers.wordings[key] ?? version);
  await sql.query(
    `INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
     SELECT $1, g.list, 'consent', g.version, $4, app_now() FROM unnest($2::text[], $3::text[]) AS g(list, version)`,
    [subscriberId, keys, versions, up.source],
  );
}
