// Ringing: tells a worker that there is something to do. Losing a ring is a delay, never a loss; the sweeper rings again.
import type { Logger } from "../lib/logger.ts";
import type { Backend, JobQueue } from "./backend.ts";
import { JOB_OPTIONS, jobId, type Payload, type QueueName, QUEUES } from "./queues.ts";

export interface Doorbell {
  /** Never throws: a queue that does not answer is logged, and rung again by the sweeper. */
  ring<Name extends QueueName>(name: Name, payload: Payload<Name>): Promise<void>;
  close(): Promise<void>;
}

export function openDoorbell(backend: Backend, logger: Logger): Doorbell {
  const queues = new Map<QueueName, JobQueue>();
  for (const name of Object.keys(QUEUES) as QueueName[]) {
    const queue = backend.queue(name);
    queue.on("error", (err) => logger.warn({ err, queue: name }, "queue connection"));
    queues.set(name, queue);
  }
  return {
    async ring(name, payload) {
      await queues
        .get(name)
        ?.add(name, payload, { ...JOB_OPTIONS, jobId: jobId(payload) })
        .catch((err: unknown) =>
          logger.warn({ err, queue: name }, "the doorbell was not heard; the sweeper will ring again"),
        );
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close().catch(() => undefined)));
    },
  };
}
