// Campaigns and communications: written when planned, moved with their log line, read whole.
import type { CountedLink } from "../domain/counted-links.ts";
import type { WantedRendition } from "../domain/issue.ts";
import type { CommunicationState } from "../domain/communication.ts";
import type { LogLine } from "../domain/log-entry.ts";
import type { Prisma } from "../generated/prisma/client.ts";
import type { Database } from "./database.ts";
import { writeLinks } from "./links.ts";
import type { NewCampaign, NewCommunication } from "./planned.ts";

export type { NewCampaign, NewCommunication };

const whole = {
  campaign: { include: { contributing: { include: { agency: true } }, leadAgency: true } },
} as const;

export function openPlan({ prisma, pool, record, transaction }: Database) {
  return {
    /** Writes a campaign with its communications as drafts. Returns null when a campaign of that key is there already. */
    async create(
      campaign: NewCampaign,
      communications: readonly NewCommunication[],
      line: LogLine,
    ): Promise<string | null> {
      const { contributing, classAnswers, ...fields } = campaign;
      try {
        return await record(async (tx, log) => {
          const { id } = await tx.campaign.create({
            data: {
              ...fields,
              ...(classAnswers === null ? {} : { classAnswers }),
              contributing: { create: contributing.map((agencyKey) => ({ agencyKey })) },
            },
          });
          for (const { renditions, text, ...rest } of communications)
            await tx.communication.create({
              data: {
                ...rest,
                campaignId: id,
                text: text as unknown as Prisma.InputJsonObject,
                renditions: { create: [...renditions] },
              },
            });
          log(line);
          return id;
        });
      } catch (error) {
        if ((error as { code?: string }).code === "P2002") return null;
        throw error;
      }
    },

    communication: (id: string) =>
      prisma.communication.findUnique({ where: { id }, include: { ...whole, renditions: true } }),
    campaign: (key: string) =>
      prisma.campaign.findUnique({
        where: { key },
        include: { communications: { orderBy: { dueAt: "asc" } } },
      }),
    version: (hash: string) => prisma.contentVersion.findUnique({ where: { hash } }),

    /** Every communication due within a span, of all agencies: what a coordination check and the year grid look at. */
    between: (from: string, to: string) =>
      prisma.communication.findMany({
        where: { dueAt: { gte: from, lt: to }, state: { not: "cancelled" } },
        include: { campaign: true },
        omit: { text: true },
        orderBy: { dueAt: "asc" },
      }),

    /** Puts a draft before its approvers: the frozen version, its renditions' hashes, and the move. False: somebody was first. */
    submit: (
      id: string,
      version: { hash: string; body: string },
      renditions: readonly (WantedRendition & { hash: string })[],
      line: LogLine,
    ) =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          "UPDATE communication SET state = 'in_review', content_hash = $2 WHERE id = $1 AND state = 'draft'",
          [id, version.hash],
        );
        if (moved.rowCount !== 1) return false;
        await sql.query(
          "INSERT INTO content_version (hash, communication_id, body) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
          [version.hash, id, version.body],
        );
        for (const r of renditions)
          await sql.query(
            `UPDATE rendition SET approved_hash = $5
              WHERE communication_id = $1 AND channel_key = $2 AND segment_key = $3 AND language = $4`,
            [id, r.channelKey, r.segmentKey, r.language, r.hash],
          );
        log(line);
        return true;
      }),

    /** Records one agency's sign-off and the move it brings, for exactly the version that was looked at. */
    signOff: (
      id: string,
      signOff: {
        agencyKey: string;
        submittedBy: string;
        decidedBy: string;
        decision: "approved" | "rejected";
        contentHash: string;
      },
      to: CommunicationState,
      line: LogLine,
      links: readonly CountedLink[] = [],
    ) =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          "UPDATE communication SET state = $3 WHERE id = $1 AND state = 'in_review' AND content_hash = $2",
          [id, signOff.contentHash, to],
        );
        if (moved.rowCount !== 1) return false;
        await sql.query(
          `INSERT INTO sign_off (communication_id, agency_key, submitted_by, decided_by, decision, content_hash)
           VALUES ($1, $2, $3, $4, $5, $6)`,
          [
            id,
            signOff.agencyKey,
            signOff.submittedBy,
            signOff.decidedBy,
            signOff.decision,
            signOff.contentHash,
          ],
        );
        await writeLinks(sql, id, links);
        log(line);
        return true;
      }),

    /** One plain move, guarded by the state it was read in. False: somebody was first. */
    move: (id: string, from: CommunicationState, to: CommunicationState, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const moved = await sql.query("UPDATE communication SET state = $3 WHERE id = $1 AND state = $2", [
          id,
          from,
          to,
        ]);
        if (moved.rowCount === 1) log(line);
        return moved.rowCount === 1;
      }),

    saveCheck: (
      communicationId: string,
      check: { overlaps: object; answers: object; answeredBy: string },
      line: LogLine,
    ) =>
      record(async (tx, log) => {
        await tx.coordinationCheck.create({ data: { communicationId, ...check } });
        log(line);
      }),

    /** The database's clock: what "now" means for everything that is due. */
    async now(): Promise<string> {
      const { rows } = await pool.query<{ now: Date }>("SELECT app_now() AS now");
      return (rows[0]?.now ?? new Date()).toISOString();
    },
  };
}
