// What pages and commands show of lists: who owns them, the words, how many there are, who came and went. Reads only.
import type { Basis, ListKind } from "../domain/basis.ts";
import { type Database, statement } from "./database.ts";

const MONTHS = statement("list-months");

export interface ListFacts {
  readonly key: string;
  /** Sealed where the list is sensitive (src/audience/sealed-topic.ts). */
  readonly name: string;
  readonly agency: { readonly key: string; readonly name: string };
  readonly controllers: readonly string[];
  readonly basis: Basis;
  readonly kind: ListKind;
  readonly sensitive: boolean;
  readonly open: boolean;
  /** False where the partnership's file no longer has it; nothing is planned for it then. */
  readonly active: boolean;
  readonly reason: string;
  readonly privacyNoticeUrl: string;
  readonly agreement: string | null;
  readonly agreementUntil: string | null;
  readonly wordingVersion: string;
  /** Every version there was, the newest first. */
  readonly wordings: readonly { readonly version: string; readonly text: string; readonly since: Date }[];
  readonly channels: readonly { readonly key: string; readonly label: string }[];
  /** Who may be written to now: a standing consent and no stop. */
  readonly people: number;
}
export interface ListMonth {
  /** "2026-11". */
  readonly month: string;
  readonly joined: number;
  readonly gone: number;
}

export function openListPages({ pool, prisma }: Database) {
  return {
    /** Every list there is or was, those in use first. */
    async all(): Promise<ListFacts[]> {
      const [rows, counted] = await Promise.all([
        prisma.list.findMany({
          orderBy: [{ active: "desc" }, { key: "asc" }],
          include: {
            agency: { select: { key: true, name: true } },
            wordings: { orderBy: { since: "desc" }, omit: { listKey: true } },
            channels: {
              where: { active: true },
              orderBy: { key: "asc" },
              select: { key: true, label: true },
            },
          },
        }),
        pool.query<{ key: string; people: number }>(
          "SELECT list_key AS key, sum(people)::int AS people FROM audience_cell GROUP BY 1",
        ),
      ]);
      const people = new Map(counted.rows.map((row) => [row.key, row.people]));
      return rows.map(({ agencyKey: _agencyKey, agreementUntil, ...row }) => ({
        ...(row as Omit<ListFacts, "agreementUntil" | "people">),
        agreementUntil: agreementUntil?.toISOString().slice(0, 10) ?? null,
        people: people.get(row.key) ?? 0,
      }));
    },

    /** Who joined and left in each month from the first day given ("2026-01-01"); months without either are left out. */
    async months(listKey: string, zone: string, from: string): Promise<ListMonth[]> {
      return (await pool.query<ListMonth>(MONTHS, [listKey, zone, from])).rows;
    },
  };
}
