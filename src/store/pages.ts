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

export function openPages({ pool, prisma }: Database) {
  return {
    async progress(communicationIds: readonly string[]): Promise<ProgressRow[]> {
      return (await pool.query<ProgressRow>(PROGRESS, [communicationIds])).rows;
    },

    campaigns: () =>
      prisma.campaign.findMany({
        include: { leadAgency: true, communications: { omit: { text: true }, orderBy: { dueAt: "asc" } } },
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
            include: {
              renditions: { omit: { body: true }, orderBy: [{ channelKey: "asc" }, { segmentKey: "asc" }, { language: "asc" }] },
              signOffs: true,
              checks: true,
              dispatches: true,
            },
          },
        },
      }),

    /** What is being sent now, and what is due next. */
    underWay: () =>
      prisma.communication.findMany({
        where: { state: "released" },
        omit: { text: true },
        include: { campaign: true },
        orderBy: { releasedAt: "desc" },
        take: 20,
      }),
    dueNext: (limit: number) =>
      prisma.communication.findMany({
        where: { state: { in: ["draft", "in_review", "approved", "scheduled"] } },
        omit: { text: true },
        include: { campaign: { include: { leadAgency: true } } },
        orderBy: { dueAt: "asc" },
        take: limit,
      }),
    needsDecision: () =>
      prisma.communication.findMany({ where: { state: "needs_decision" }, omit: { text: true }, include: { campaign: true }, take: 50 }),
    lastCompleted: (limit: number) =>
      prisma.communication.findMany({
        where: { state: "completed" },
        omit: { text: true },
        include: { campaign: true },
        orderBy: { completedAt: "desc" },
        take: limit,
      }),

    rendition: (id: string) =>
      prisma.rendition.findUnique({
        where: { id },
        include: { communication: { include: { campaign: true } } },
      }),
    proofs: (communicationId: string) =>
      prisma.delivery.findMany({
        where: { communicationId, subscriberId: null },
        select: { channelKey: true, recipientKey: true, state: true, proof: true },
        orderBy: { id: "asc" },
      }),
  };
}
