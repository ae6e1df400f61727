// The queues: their names, what a job may carry (ids, nothing else), and how many jobs of a kind run at once in one worker.
import { z } from "zod";
import { RING_AGAIN_SECONDS } from "../../config/limits.ts";

const id = z.uuid();

export const QUEUES = {
  release: { payload: z.strictObject({ communicationId: id }), atOnce: 3 },
  render: { payload: z.strictObject({ renditionId: id }), atOnce: 2 },
  dispatch: { payload: z.strictObject({ dispatchId: id }), atOnce: 1 },
} as const;

export type QueueName = keyof typeof QUEUES;
export type Payload<Name extends QueueName> = z.infer<(typeof QUEUES)[Name]["payload"]>;

/**
 * Made from the rows it points to, so that ringing twice while a job waits adds nothing. A job that died with its worker
 * keeps its id until BullMQ's lock on it ends, which would swallow the ring that is meant to replace it: ringing `again`
 * therefore has an id of its own for each RING_AGAIN_SECONDS. No correctness rests on it. BullMQ refuses ids that are whole
 * numbers or hold a colon.
 */
export const jobId = (payload: Payload<QueueName>, again: boolean, nowMs: number): string => {
  const rows = Object.values(payload).join("-");
  return again ? `${rows}-again-${Math.floor(nowMs / (RING_AGAIN_SECONDS * 1_000))}` : rows;
};

/** Finished jobs leave at once: a kept one would silently swallow the next ring of the same batch. Truth is in PostgreSQL. */
export const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

/** Our own attempts and leases decide; BullMQ must never fail a job for good because its workers died (D8). In ms. */
export const WORKER_OPTIONS = {
  lockDuration: 60_000,
  stalledInterval: 15_000,
  maxStalledCount: 1_000,
} as const;

/** How long one ring may wait for an answer: whoever rings has a transaction behind it and other batches to ring. In ms. */
export const RING_TIMEOUT_MS = 2_000;

/** When a ringing connection on which nothing comes back is given up, so that later rings get a new one. In ms. */
export const GIVE_UP_MS = 10_000;
