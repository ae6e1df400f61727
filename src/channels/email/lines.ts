// The connections to one relay: opened when there is work for them, used again, handed on in turn. Knows nothing of messages.
import { SMTP_CONNECTIONS, SMTP_IDLE_MS, SMTP_NARROW_MS } from "../../../config/limits.ts";
import { dial, type Line } from "./line.ts";

/** No connection came about. Told apart from what a gate may throw. */
export class NotReached extends Error {}

export interface Lines {
  /** A free connection, a new one, or the next that becomes free. Throws NotReached. Each is given back or closed. */
  readonly take: () => Promise<Line>;
  readonly give: (line: Line) => void;
  /** Ends the idle ones now and the others when they are given back. */
  readonly close: () => void;
}

interface Pool {
  readonly smtpUrl: string;
  readonly now: () => number;
  readonly idle: { readonly line: Line; readonly since: number }[];
  readonly waiting: (() => void)[];
  /** Connections dialled or in use, and those of them that came about. */
  open: number;
  ready: number;
  /** The relay's own limit for us, as far as it let us feel it. */
  narrow: { readonly most: number; readonly until: number };
  isClosed: boolean;
}

export function linesTo(smtpUrl: string, now: () => number): Lines {
  const narrow = { most: SMTP_CONNECTIONS, until: 0 };
  const pool: Pool = { smtpUrl, now, idle: [], waiting: [], open: 0, ready: 0, narrow, isClosed: false };
  const sweep = setInterval(() => {
    while (pool.idle[0] && now() - pool.idle[0].since > SMTP_IDLE_MS) pool.idle.shift()?.line.close();
  }, SMTP_IDLE_MS / 4).unref();
  return {
    take: () => take(pool),
    give: (line) => give(pool, line),
    close: () => {
      pool.isClosed = true;
      clearInterval(sweep);
      for (const { line } of pool.idle.splice(0)) line.close();
    },
  };
}

async function take(pool: Pool): Promise<Line> {
  for (;;) {
    const most = pool.now() < pool.narrow.until ? pool.narrow.most : SMTP_CONNECTIONS;
    const line = pool.idle.pop()?.line ?? (pool.open < most ? await newLine(pool) : null);
    if (line?.isOpen()) return line;
    if (line) line.close();
    else await new Promise<void>((resolve) => pool.waiting.push(resolve));
  }
}

function give(pool: Pool, line: Line): void {
  if (pool.isClosed || !line.isOpen()) return line.close();
  pool.idle.push({ line, since: pool.now() });
  pool.waiting.shift()?.();
}

/** Null where the relay serves us on other connections: this is its limit, not trouble, and the message waits for one of those. */
async function newLine(pool: Pool): Promise<Line | null> {
  pool.open += 1;
  try {
    const line = await dial(pool.smtpUrl);
    pool.ready += 1;
    line.onEnd(() => ended(pool, line));
    return line;
  } catch (cause) {
    pool.open -= 1;
    if (pool.ready > 0) {
      pool.narrow = { most: pool.ready, until: pool.now() + SMTP_NARROW_MS };
      return null;
    }
    pool.waiting.shift()?.();
    throw new NotReached("no connection", { cause });
  }
}

function ended(pool: Pool, line: Line): void {
  pool.open -= 1;
  pool.ready -= 1;
  const at = pool.idle.findIndex((one) => one.line === line);
  if (at >= 0) pool.idle.splice(at, 1);
  pool.waiting.shift()?.();
}
