// What a worker needs to know of a dispatch before it sends.
import type { Database } from "./database.ts";

export interface DispatchAbout {
  readonly channelKey: string;
  readonly reference: string;
  readonly sensitive: boolean;
  readonly campaign: { readonly key: string; readonly leadAgencyKey: string };
}

export function openSending({ prisma }: Database) {
  return {
    async dispatch(id: string): Promise<DispatchAbout | null> {
      const found = await prisma.dispatch.findUnique({
        where: { id },
        select: { channelKey: true, communication: { select: { reference: true, campaign: true } } },
      });
      if (!found) return null;
      const { reference, campaign } = found.communication;
      return {
        channelKey: found.channelKey,
        reference,
        sensitive: campaign.sensitivity === "sensitive",
        campaign,
      };
    },
    renditions: (ids: readonly string[]) =>
      prisma.rendition.findMany({
        where: { id: { in: [...ids] }, state: "ready" },
        select: { id: true, body: true, language: true },
      }),
    channel: (key: string) => prisma.channel.findUnique({ where: { key } }),
    about: (communicationId: string) =>
      prisma.communication.findUnique({
        where: { id: communicationId },
        select: { reference: true, campaign: true },
      }),
  };
}
