// The partnership as it is set up: read whole, written whole by `bellman apply`.
import type { LogLine } from "../domain/log-entry.ts";
import { type AreaRow } from "../domain/partnership-file.ts";
import type { Prisma } from "../generated/prisma/client.ts";
import type { Database } from "./database.ts";
import { type ListRow, readLists, writeList } from "./lists.ts";
import { type SegmentOrigin, type SegmentRow, writeSegment } from "./segment-versions.ts";

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
    capMost: number | null;
    capDays: number | null;
  } | null;
  readonly agencies: readonly { key: string; name: string; kind: string }[];
  readonly people: readonly { email: string; name: string; agencyKey: string; roles: string[] }[];
  readonly areas: readonly AreaRow[];
  readonly priorities: readonly { key: string; name: string; period: string }[];
  readonly groups: readonly { key: string; name: string }[];
  readonly interests: readonly { key: string; name: string; sensitive: boolean }[];
  readonly lists: readonly ListRow[];
  readonly channels: readonly ChannelRow[];
  readonly segments: readonly (SegmentRow & { origin?: SegmentOrigin })[];
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

/** What people can say of themselves, and the lists they can be on. */
async function writeAudiences(
  tx: Prisma.TransactionClient,
  { groups, interests, lists }: Pick<SetUp, "groups" | "interests" | "lists">,
): Promise<void> {
  const on = { active: true };
  for (const row of groups)
    await tx.audienceGroup.upsert({ where: { key: row.key }, create: row, update: { ...row, ...on } });
  for (const row of interests)
    await tx.interest.upsert({ where: { key: row.key }, create: row, update: { ...row, ...on } });
  for (const row of lists) await writeList(tx, row);
}

export function openPartnership({ prisma, record }: Database) {
  const active = { where: { active: true }, omit: { active: true } } as const;
  return {
    async read(): Promise<SetUp> {
      const partnership = await prisma.partnership.findUnique({ where: { id: 1 }, omit: { id: true } });
      const [agencies, people, areas, priorities, groups, interests, channels, segments] = await Promise.all([
        prisma.agency.findMany({ ...active, orderBy: { key: "asc" } }),
        prisma.person.findMany({ ...active, orderBy: { email: "asc" } }),
        prisma.area.findMany({ ...active, orderBy: { code: "asc" } }),
        prisma.priority.findMany({ ...active, orderBy: { key: "asc" } }),
        prisma.audienceGroup.findMany({ ...active, orderBy: { key: "asc" } }),
        prisma.interest.findMany({ ...active, orderBy: { key: "asc" } }),
        prisma.channel.findMany({ ...active, orderBy: { key: "asc" } }),
        prisma.segment.findMany({
          where: { active: true },
          orderBy: { key: "asc" },
          omit: { active: true, version: true },
        }),
      ]);
      const lists = await readLists(prisma);
      return {
        ...{ partnership, agencies, people, areas, priorities, groups, interests, lists, channels, segments },
      } as SetUp;
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
        await writeAudiences(tx, wanted);
        for (const row of wanted.channels)
          await tx.channel.upsert({ where: { key: row.key }, create: row, update: { ...row, ...on } });
        for (const row of wanted.segments)
          await writeSegment(tx, row, { origin: "file", madeBy: line.actor });

        const off = { data: { active: false } };
        const notIn = (keys: readonly string[]) => ({ active: true, key: { notIn: [...keys] } });
        const keys = (rows: readonly { key: string }[]) => notIn(rows.map((row) => row.key));
        await tx.segment.updateMany({ where: { ...keys(wanted.segments), origin: "file" }, ...off });
        await tx.audienceGroup.updateMany({ where: keys(wanted.groups), ...off });
        await tx.interest.updateMany({ where: keys(wanted.interests), ...off });
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
