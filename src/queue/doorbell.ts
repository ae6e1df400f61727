// Ringing: tells a worker that there is something to do. Losing a ring is a delay, never a loss; the sweeper rings again.
import type { Logger } from "../lib/logger.ts";
import type { Backend, JobQueue } from "./backend.ts";
import { JOB_OPTIONS, jobId, type Payload, type QueueName, RING_TIMEOUT_MS } from "./queues.ts";

export interface Doorbell {
  /**
   * Never throws, and waits no longer than RING_TIMEOUT_MS: a queue that does not answer is logged, and rung again by the
   * sweeper. After a ring without an answer others are not even tried for a while: a thousand batches must not wait in turn.
   */
  ring<Name extends QueueName>(name: Name, payload: Payload<Name>): Promise<void>;
  /** The sweeper's: heard even where the job of an earlier ring died with its worker. */
  ringAgain<Name extends QueueName>(name: Name, payload: Payload<Name>): Promise<void>;
  close(): Promise<void>;
}

export function openDoorbell(backend: Backend, logger: Logger): Doorbell {
  const queues = new Map<QueueName, JobQueue>();
  const silent = new Set<QueueName>();
  const open = (name: QueueName): JobQueue => {
    const queue = queues.get(name) ?? backend.queue(name);
    if (!queues.has(name)) queue.on("error", (err) => logger.warn({ err, queue: name }, "queue connection"));
    queues.set(name, queue);
    return queue;
  };
  // BullMQ remembers a failed first contact for as long as its object lives: after a failure a new one is made.
  const drop = (name: QueueName) => {
    const queue = queues.get(name);
    queues.delete(name);
    queue?.close().catch(() => undefined);
    silent.add(name);
    setTimeout(() => silent.delete(name), RING_TIMEOUT_MS).unref();
  };
  const add = async (name: QueueName, payload: Payload<QueueName>, again: boolean): Promise<void> => {
    if (silent.has(name)) throw new Error("the ring before had no answer");
    try {
      await inTime(
        open(name).add(name, payload, { ...JOB_OPTIONS, jobId: jobId(payload, again, Date.now()) }),
      );
    } catch (error) {
      drop(name);
      throw error;
    }
  };
  const ring = (name: QueueName, payload: Payload<QueueName>, again: boolean) =>
    add(name, payload, again).catch((err: unknown) =>
      logger.warn({ err, queue: name }, "the doorbell was not heard; the sweeper will ring again"),
    );
  return {
    ring: (name, payload) => ring(name, payload, false),
    ringAgain: (name, payload) => ring(name, payload, true),
    async close() {
      const closing = [...queues.values()].map((queue) => queue.close());
      await inTime(Promise.allSettled(closing)).catch(() => undefined);
    },
  };
}

/**
 * Fails when `work` has not settled in time; what comes of `work` afterwards is ignored. Time is
 * counted in ticks, as making an email can keep this process busy for seconds: an answer that waits to be read is no silence.
 */
async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    let ticks = 0;
    timer = setInterval(() => {
      if (++ticks < RING_TIMEOUT_MS / TICK_MS) return;
      reject(new Error(`no answer within ${RING_TIMEOUT_MS} ms`));
    }, TICK_MS);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearInterval(timer);
  }
}
const TICK_MS = 100;
