// The connections to one relay: opened when there is work for them, used again, handed on in turn. Knows nothing of content.
import type { NodemailerError } from "nodemailer";
import { SMTP_CONNECTIONS, SMTP_IDLE_MS, SMTP_NARROW_MS } from "../../../config/limits.ts";
import { refused } from "../../domain/outcome.ts";
import type { Gate, Sent } from "../channel.ts";
import { type Attempt, dial, type Envelope, type Line } from "./line.ts";
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

/** No connection came about. Told apart from what a gate may throw. */
class NotReached extends Error {}

function linesTo(smtpUrl: string, now: () => number) {
  const idle: { line: Line; since: number }[] = [];
  const waiting: (() => void)[] = [];
  let [open, ready, isClosed] = [0, 0, false];
  let narrow = { most: SMTP_CONNECTIONS, until: 0 };
  const most = () => (now() < narrow.until ? narrow.most : SMTP_CONNECTIONS);

  const ended = (line: Line) => {
    [open, ready] = [open - 1, ready - 1];
    const at = idle.findIndex((one) => one.line === line);
    if (at >= 0) idle.splice(at, 1);
    waiting.shift()?.();
  };
  const newLine = async (): Promise<Line | null> => {
    open += 1;
    try {
      const line = await dial(smtpUrl);
      ready += 1;
      line.onEnd(() => ended(line));
      return line;
    } catch (cause) {
      open -= 1;
      // It serves us on others: this is its limit for us, not trouble, so the message waits for one of those.
      if (ready > 0) return (narrow = { most: ready, until: now() + SMTP_NARROW_MS }), null;
      waiting.shift()?.();
      throw new NotReached("no connection", { cause });
    }
  };
  const take = async (): Promise<Line> => {
    for (;;) {
      const line = idle.pop()?.line ?? (open < most() ? await newLine() : null);
      if (line?.isOpen()) return line;
      line?.close();
      if (!line) await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const give = (line: Line) => {
    if (isClosed || !line.isOpen()) return line.close();
    idle.push({ line, since: now() });
    waiting.shift()?.();
  };
  const sweep = setInterval(() => {
    while (idle[0] && now() - idle[0].since > SMTP_IDLE_MS) idle.shift()?.line.close();
  }, SMTP_IDLE_MS / 4).unref();
  const close = () => {
    isClosed = true;
    clearInterval(sweep);
    for (const { line } of idle.splice(0)) line.close();
  };
  return { take, give, close };
}
