// Answering the doorbell: a worker takes jobs of one queue, checks what they carry and hands it to one step.
import { type Job, UnrecoverableError } from "bullmq";
import type { Logger } from "../lib/logger.ts";
import type { Backend } from "./backend.ts";
import { type Payload, type QueueName, QUEUES } from "./queues.ts";

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
  const worker = backend.worker(
    name,
    async (job: Job) => {
      const payload = schema.safeParse(job.data);
      if (!payload.success) throw new UnrecoverableError(payload.error.message);
      await step(payload.data as Payload<Name>);
    },
    atOnce,
  );
  worker.on("error", (err) => logger.warn({ err, queue: name }, "worker connection"));
  worker.on("failed", (job, err) =>
    logger.error({ err, queue: name, job: job?.data as unknown }, "a step failed"),
  );
  return { close: () => worker.close() };
}
