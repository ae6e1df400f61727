// Answering the doorbell: a worker takes jobs of one queue, checks what they carry and hands it to one step.
import { type Job, UnrecoverableError } from "bullmq";
import { sleep } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Backend } from "./backend.ts";
import { type Payload, type QueueName, QUEUES } from "./queues.ts";

/** How long a queue may take to say goodbye once no step is under way. In ms. */
const LEAVE_MS = 5_000;

export interface Working {
  /** Takes no more jobs and waits for those under way. */
  close(): Promise<void>;
}

/** A step that throws is logged and forgotten by the queue: the database knows what is left, and the sweeper rings again. */
export function answer<Name extends QueueName>(
  backend: Backend,
  name: Name,
  step: (payload: Payload<Name>) => Promise<unknown>,
  logger: Logger,
): Working {
  const { payload: schema, atOnce } = QUEUES[name];
  const underWay = new Set<Promise<unknown>>();
  const worker = backend.worker(
    name,
    async (job: Job) => {
      const payload = schema.safeParse(job.data);
      if (!payload.success) throw new UnrecoverableError(payload.error.message);
      const running = step(payload.data as Payload<Name>);
      underWay.add(running);
      await running.finally(() => underWay.delete(running));
    },
    atOnce,
  );
  worker.on("error", (err) => logger.warn({ err, queue: name }, "worker connection"));
  worker.on("failed", (job, err) =>
    logger.error({ err, queue: name, job: job?.data as unknown }, "a step failed"),
  );
  return {
    close: async () => {
      const closed = worker.close().catch(() => undefined);
      await Promise.allSettled(underWay);
      // Our own work has ended; a queue that is gone must not keep the process from ending, too.
      const waiting = new AbortController();
      await Promise.race([closed, sleep(LEAVE_MS, waiting.signal)]);
      waiting.abort();
    },
  };
}
