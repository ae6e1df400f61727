// Read models: what pages, progress and tables look at. Reads only.
import type { DeliveryState } from "../domain/delivery.ts";
import { type Database, statement } from "./database.ts";

const PROGRESS = statement("progress");

export interface ProgressRow {
  readonly communicationId: string;
  readonly channelKey: string;
  readonly segmentKey: string;
  readonly state: DeliveryState;
  readonly count: number;
}

export interface Proof {
  readonly channelKey: string;
  readonly recipientKey: string;
  readonly state: DeliveryState;
  readonly proof: string | null;
}
const PROOFS = `
SELECT p.channel_key AS "channelKey", d.recipient_key AS "recipientKey", d.state, d.proof
  FROM dispatch p JOIN delivery d ON d.dispatch_id = p.id
 WHERE p.communication_id = $1 AND d.recipient_key LIKE 'post:%' ORDER BY d.id`;

const noText = { text: true } as const;
const noBody = {
  omit: { body: true as const },
  orderBy: [{ channelKey: "asc" as const }, { segmentKey: "asc" as const }, { language: "asc" as const }],
};

export function openPages({ pool, prisma }: Database) {
  return {
    async progress(communicationIds: readonly string[]): Promise<ProgressRow[]> {
      return (await pool.query<ProgressRow>(PROGRESS, [communicationIds])).rows;
    },

    campaigns: () =>
      prisma.campaign.findMany({
        include: { leadAgency: true, communications: { omit: noText, orderBy: { dueAt: "asc" } } },
        orderBy: { createdAt: "desc" },
        take: 200,
      }),

    campaign: (key: string) =>
      prisma.campaign.findUnique({
        where: { key },
        include: {
          leadAgency: true,
          contributing: { include: { agency: true } },
          communications: {
            orderBy: { dueAt: "asc" },
            omit: noText,
            include: {
              renditions: noBody,
              signOffs: { orderBy: { at: "asc" } },
              checks: true,
              dispatches: true,
            },
          },
        },
      }),

    /** What is being sent now, and what is due next. */
    underWay: () =>
      prisma.communication.findMany({
        where: { state: { in: ["releasing", "released"] } },
        omit: noText,
        include: { campaign: true },
        orderBy: { releasedAt: "desc" },
        take: 20,
      }),
    dueNext: (limit: number) =>
      prisma.communication.findMany({
        where: { state: { in: ["draft", "in_review", "approved", "scheduled"] } },
        omit: noText,
        include: { campaign: { include: { leadAgency: true } } },
        orderBy: { dueAt: "asc" },
        take: limit,
      }),
    lastCompleted: (limit: number) =>
      prisma.communication.findMany({
        where: { state: "completed" },
        omit: noText,
        include: { campaign: true },
        orderBy: { completedAt: "desc" },
        take: limit,
      }),

    rendition: (id: string) =>
      prisma.rendition.findUnique({
        where: { id },
        include: { communication: { omit: noText, include: { campaign: true, renditions: noBody } } },
      }),
    /** What became of each post and page of a communication. */
    async proofs(communicationId: string): Promise<Proof[]> {
      const { rows } = await pool.query<Proof>(PROOFS, [communicationId]);
      return rows;
    },

    /** A communication that was really issued, by its public reference; null for any other. */
    issued: (reference: string) =>
      prisma.communication.findFirst({
        where: { reference, state: { in: ["released", "completed"] } },
        omit: noText,
        include: { campaign: { include: { leadAgency: true, contributing: { include: { agency: true } } } } },
      }),
    campaignTitles: (keys: readonly string[]) =>
      prisma.campaign.findMany({
        where: { key: { in: [...keys] } },
        select: { key: true, title: true, sensitivity: true },
      }),
    communicationTitles: (references: readonly string[]) =>
      prisma.communication.findMany({
        where: { reference: { in: [...references] } },
        select: { reference: true, title: true },
      }),

    /** What people call things, with what is switched off: the record refers to it. */
    async names() {
      const key = { key: true, name: true } as const;
      const [partnership, agencies, priorities, segments, channels, people] = await Promise.all([
        prisma.partnership.findUnique({ where: { id: 1 }, omit: { id: true } }),
        prisma.agency.findMany({ select: key }),
        prisma.priority.findMany({ select: key }),
        prisma.segment.findMany({ select: key, orderBy: [{ specificity: "asc" }, { key: "asc" }] }),
        prisma.channel.findMany({ select: { key: true, label: true, kind: true, settings: true } }),
        prisma.person.findMany({
          orderBy: { name: "asc" },
          select: { email: true, name: true, agencyKey: true, active: true },
        }),
      ]);
      return { partnership, agencies, priorities, segments, channels, people };
    },
    /** Throws when the database cannot be asked. */
    async ping(): Promise<void> {
      await pool.query("SELECT 1");
    },
  };
}
