// The partnership as it is set up: read whole, written whole by `bellman apply`.
import type { LogLine } from "../domain/log-entry.ts";
import { type AreaRow } from "../domain/partnership-file.ts";
import type { SegmentRule } from "../domain/segment.ts";
import type { Database } from "./database.ts";

/** The set-up as plain rows, each part by its key; what is switched off is left out. */
export interface SetUp {
  readonly partnership: {
    name: string;
    strapline: string;
    strategyLine: string;
    timezone: string;
    quietFrom: string | null;
    quietTo: string | null;
    quietClasses: string[];
  } | null;
  readonly agencies: readonly { key: string; name: string; kind: string }[];
  readonly people: readonly { email: string; name: string; agencyKey: string; roles: string[] }[];
  readonly areas: readonly AreaRow[];
  readonly priorities: readonly { key: string; name: string; period: string }[];
  readonly lists: readonly {
    key: string;
    name: string;
    agencyKey: string;
    reason: string;
    privacyNoticeUrl: string;
  }[];
  readonly channels: readonly ChannelRow[];
  readonly segments: readonly { key: string; name: string; rule: SegmentRule; specificity: number }[];
}
export interface ChannelRow {
  readonly key: string;
  readonly kind: string;
  readonly label: string;
  readonly agencyKey: string;
  readonly listKey: string | null;
  readonly account: string;
  readonly mostPerMinute: number | null;
  readonly settings: Record<string, string | number | boolean>;
}

export function openPartnership({ prisma, record }: Database) {
  const active = { where: { active: true }, omit: { active: true } } as const;
  return {
    async read(): Promise<SetUp> {
      const partnership = await prisma.partnership.findUnique({ where: { id: 1 }, omit: { id: true } });
      const [agencies, people, areas, priorities, lists, channels, segments] = await Promise.all([
        prisma.agency.findMany({ ...active, orderBy: { key: "asc" } }),
        prisma.person.findMany({ ...active, orderBy: { email: "asc" } }),
        prisma.area.findMany({ ...active, orderBy: { code: "asc" } }),
        prisma.priority.findMany({ ...active, orderBy: { key: "asc" } }),
        prisma.list.findMany({ ...active, orderBy: { key: "asc" } }),
        prisma.channel.findMany({ ...active, orderBy: { key: "asc" } }),
        prisma.segment.findMany({ ...active, orderBy: { key: "asc" } }),
      ]);
      return { partnership, agencies, people, areas, priorities, lists, channels, segments } as SetUp;
    },

    /** Makes the tables say what `wanted` says. What is gone from the file is switched off, never deleted: the record refers to it. */
    async write(wanted: SetUp, line: LogLine): Promise<void> {
      await record(async (tx, log) => {
        if (wanted.partnership)
          await tx.partnership.upsert({
            where: { id: 1 },
            create: { id: 1, ...wanted.partnership },
            update: wanted.partnership,
          });
        const on = { active: true };
        for (const row of wanted.agencies)
          await tx.agency.upsert({ where: { key: row.key }, create: row, update: { ...row, ...on } });
        for (const row of wanted.people)
          await tx.person.upsert({ where: { email: row.email }, create: row, update: { ...row, ...on } });
        for (const row of wanted.areas)
          await tx.area.upsert({ where: { code: row.code }, create: row, update: { ...row, ...on } });
        for (const row of wanted.priorities)
          await tx.priority.upsert({ where: { key: row.key }, create: row, update: { ...row, ...on } });
        for (const row of wanted.lists)
          await tx.list.upsert({ where: { key: row.key }, create: row, update: { ...row, ...on } });
        for (const row of wanted.channels)
          await tx.channel.upsert({ where: { key: row.key }, create: row, update: { ...row, ...on } });
        for (const row of wanted.segments)
          await tx.segment.upsert({ where: { key: row.key }, create: row, update: { ...row, ...on } });

        const off = { data: { active: false } };
        const notIn = (keys: readonly string[]) => ({ active: true, key: { notIn: [...keys] } });
        const keys = (rows: readonly { key: string }[]) => notIn(rows.map((row) => row.key));
        await tx.segment.updateMany({ where: keys(wanted.segments), ...off });
        await tx.channel.updateMany({ where: keys(wanted.channels), ...off });
        await tx.list.updateMany({ where: keys(wanted.lists), ...off });
        await tx.priority.updateMany({ where: keys(wanted.priorities), ...off });
        await tx.area.updateMany({
          where: { active: true, code: { notIn: wanted.areas.map((a) => a.code) } },
          ...off,
        });
        await tx.person.updateMany({
          where: { active: true, email: { notIn: wanted.people.map((p) => p.email) } },
          ...off,
        });
        await tx.agency.updateMany({ where: keys(wanted.agencies), ...off });
        log(line);
      });
    },
  };
}
