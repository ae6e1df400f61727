// Segments: how many people they reach now, from the cells that count everybody, and each of them with its versions.
import type { Basis } from "../domain/basis.ts";
import type { LogLine } from "../domain/log-entry.ts";
import type { SegmentRule } from "../domain/segment.ts";
import type { CountRow } from "../domain/segment-count.ts";
import type { Database, Sql } from "./database.ts";
import { CELLS, cellsKnow, condition, parametersAfter, PEOPLE, surroundings } from "./segment-sql.ts";
import { type SegmentRow, writeSegment } from "./segment-versions.ts";

export interface CountAsked {
  readonly listKey: string;
  readonly bases: readonly Basis[];
  /** The most specific first; sensitive interests sealed. */
  readonly rules: readonly SegmentRule[];
}
export interface SegmentVersionRow {
  readonly version: number;
  readonly name: string;
  readonly rule: SegmentRule;
  readonly madeBy: string;
  readonly at: Date;
}
export interface UsedIn {
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly campaignKey: string;
  readonly dueAt: Date;
}
/** Where a count is taken from. `people`: everybody is read; slow, and the measure of the other. */
export type CountFrom = "cells" | "people";

const FROM: Readonly<
  Record<CountFrom, { source: typeof CELLS; people: string; each: string; rows: string }>
> = {
  cells: {
    ...{
      source: CELLS,
      people: "sum(t.people)",
      each: "a.people, a.basis = ANY ($2::text[]) AS may, a.language",
    },
    rows: "audience_cell a WHERE a.list_key = $1",
  },
  people: {
    ...{ source: PEOPLE, people: "count(*)", each: "c.basis = ANY ($2::text[]) AS may, s.language" },
    rows: `consent c JOIN subscriber s ON s.id = c.subscriber_id
            WHERE c.list_key = $1 AND c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)`,
  },
};
/** Segments in one count: the bits of a bigint without its sign. */
const MASK = 63;
/** A number of whose bits, from the left, each says whether a segment takes them: far cheaper to group by than a text. */
const maskOf = (fits: readonly string[]): string =>
  [
    "0::bigint",
    ...fits.map((fit, i) => `CASE WHEN ${fit} THEN 1::bigint << ${MASK - 1 - i} ELSE 0 END`),
  ].join(" | ");

/** The parameters of a count beside those of its rules: list and bases. */
const FIXED = 2;

export function openSegments({ pool, prisma, record, transaction }: Database) {
  return {
    /** Exact at this moment. A rule that asks of another list cannot be answered by cells: then everybody is read. */
    async count(asked: CountAsked, wish: CountFrom = "cells"): Promise<CountRow[]> {
      const from = cellsKnow(asked.listKey, asked.rules) ? wish : "people";
      const { text, values } = await countStatement(pool, asked, from);
      return (await pool.query<CountRow>(text, values)).rows;
    },

    /** Adds up the cells that lie side by side. Returns how many are left; 0 where another is at it. */
    async merge(): Promise<number> {
      const { rows } = await pool.query<{ cells: number }>("SELECT merge_audience_cells() AS cells");
      return rows[0]?.cells ?? 0;
    },

    /** Holds the cells against the people themselves and puts right what is wrong; how many cells were. */
    repair: (line: (cells: number) => LogLine): Promise<number> =>
      transaction(async (sql, log) => {
        const put = await sql.query("INSERT INTO audience_cell SELECT * FROM audience_cells_amiss()");
        const cells = put.rowCount ?? 0;
        if (cells > 0) log(line(cells));
        return cells;
      }),

    /** Writes a segment as it was built on its page; the version that stands now. */
    write: (row: SegmentRow, madeBy: string, line: (version: number) => LogLine): Promise<number> =>
      record(async (tx, log) => {
        const before = await tx.segment.findUnique({ where: { key: row.key } });
        const version = await writeSegment(tx, row, { origin: "page", madeBy });
        if (before?.version !== version) log(line(version));
        return version;
      }),

    list: () =>
      prisma.segment.findMany({ where: { active: true }, orderBy: [{ name: "asc" }, { key: "asc" }] }),
    one: (key: string) => prisma.segment.findUnique({ where: { key } }),
    /** Languages that anybody on a list reads. */
    async languages(): Promise<string[]> {
      const { rows } = await pool.query<{ language: string }>(
        "SELECT language FROM audience_cell GROUP BY 1 HAVING sum(people) > 0 ORDER BY 1",
      );
      return rows.map(({ language }) => language);
    },
    /** Newest first. */
    async versions(key: string): Promise<SegmentVersionRow[]> {
      const rows = await prisma.segmentVersion.findMany({
        where: { segmentKey: key },
        orderBy: { version: "desc" },
        omit: { segmentKey: true },
      });
      return rows as unknown as SegmentVersionRow[];
    },
    /** Communications that have not gone yet and are for this segment. */
    async usedIn(key: string): Promise<UsedIn[]> {
      const rows = await prisma.communication.findMany({
        where: { audience: { has: key }, state: { notIn: ["released", "completed", "cancelled"] } },
        select: {
          reference: true,
          title: true,
          state: true,
          dueAt: true,
          campaign: { select: { key: true } },
        },
        orderBy: { dueAt: "asc" },
        take: 100,
      });
      return rows.map(({ campaign, ...row }) => ({ ...row, campaignKey: campaign.key }));
    },
  };
}

async function countStatement(sql: Sql, { listKey, bases, rules }: CountAsked, from: CountFrom) {
  const { source, people, each, rows } = FROM[from];
  const around = await surroundings(sql);
  const { values, parameter } = parametersAfter(FIXED);
  const fits = rules.map((rule) => condition(rule, source, around, parameter));
  const text = `SELECT t.may, t.mask::bit(${MASK})::text AS mask, t.language, ${people}::int AS people
    FROM (SELECT ${each}, ${maskOf(fits)} AS mask FROM ${rows}) t
   GROUP BY t.may, t.mask, t.language HAVING ${people} <> 0`;
  return { text, values: [listKey, bases, ...values] };
}
