// What a worker needs to know before it sends: renditions, the register of channels, quiet hours.
import type { Database } from "./database.ts";

export function openSending({ prisma }: Database) {
  return {
    rendition: (id: string) =>
      prisma.rendition.findFirst({
        where: { id, state: "ready" },
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
