// How often a public form may be sent, and how long it may be (SEC14, H95). Counted by what the link stands for rather than by who asks: a flood keeps nobody else back.
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** Nothing is limited but what says so. */
export async function limits(app: FastifyInstance): Promise<void> {
  await app.register(rateLimit, { global: false, cache: 20_000 });
}

const limited = (max: number, keyGenerator: (request: FastifyRequest) => string) => ({
  config: { rateLimit: { max, timeWindow: "1 minute", keyGenerator } },
});

/** So many a minute for one token. */
export const perToken = (max: number) =>
  limited(max, ({ params }) => (params as { token?: string }).token ?? "");

/** For a form of 4,000 characters: in most of Asia's scripts one is three bytes, and nine on the way. In bytes. */
export const LONG_TEXT = { bodyLimit: 49_152 } as const;

/** So many a minute from one place; behind a proxy that is everybody together, so it is generous. */
export const perPlace = (max: number) => limited(max, ({ ip }) => ip);
