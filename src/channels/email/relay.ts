// One relay: each message over whichever connection is free, and what becomes of the connection afterwards.
import type { NodemailerError } from "nodemailer";
import { SMTP_CONNECTIONS } from "../../../config/limits.ts";
import { refused } from "../../domain/outcome.ts";
import type { Gate, Sent } from "../channel.ts";
import type { Attempt, Envelope } from "./line.ts";
import { linesTo, NotReached } from "./lines.ts";
import type { Message } from "./mime.ts";
import { verdict } from "./verdict.ts";

export interface Relay {
  readonly send: (envelope: Envelope, message: Message, gate: Gate) => Promise<Sent>;
  readonly close: () => void;
}

/** Nothing is opened before the first message. `now` is any steady clock in ms. */
export function openRelay(smtpUrl: string, now: () => number = () => performance.now()): Relay {
  const lines = linesTo(smtpUrl, now);

  async function attempt(envelope: Envelope, message: Message, gate: Gate): Promise<Attempt> {
    const line = await lines.take();
    if (!message.isAscii && !line.takesUtf8) {
      lines.give(line);
      return { sent: refused("relay-cannot-send-address"), asked: false, wasStale: false, next: "reuse" };
    }
    try {
      const done = await line.deliver(envelope, message, gate);
      if (done.next === "reuse") lines.give(line);
      else if (done.next === "gone") line.close();
      else void line.reset().then((isUsable) => (isUsable ? lines.give(line) : line.close()));
      return done;
    } catch (fault) {
      line.close();
      throw fault;
    }
  }

  return {
    async send(envelope, message, gate) {
      try {
        // A connection that ended while it was idle is no news of the relay: once more, and then as often as there are such.
        for (let tries = 0; ; tries += 1) {
          const { sent, asked, wasStale } = await attempt(envelope, message, gate);
          if (asked || !wasStale || tries >= SMTP_CONNECTIONS) return sent;
        }
      } catch (error) {
        if (!(error instanceof NotReached)) throw error;
        return verdict(error.cause as NodemailerError, "session");
      }
    },
    close: lines.close,
  };
}
