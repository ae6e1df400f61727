// A wire to a server that can be slow, swallow everything, lose one direction or be torn off. Knows no protocol.
import { connect, createServer, type Socket } from "node:net";
import { listen } from "../../src/embedded/http-json.ts";

export interface Faults {
  /** Each piece arrives so much later, in both directions. In ms. */
  readonly latencyMs: number;
  /** What is said is taken and never arrives: in both directions, or only one of them. */
  readonly swallow: "nothing" | "everything" | "to the server" | "from the server";
  /** New connections are torn off at once. */
  readonly refuse: boolean;
}
export interface TcpLab {
  /** The server's address with the wire's own in its place. */
  readonly url: string;
  /** From now on; what is not named stays as it was. */
  readonly set: (faults: Partial<Faults>) => void;
  /** Tears off every connection there is, with RST. */
  readonly reset: () => void;
  readonly open: () => number;
  readonly stop: () => Promise<void>;
}

const HEALTHY: Faults = { latencyMs: 0, swallow: "nothing", refuse: false };

export async function startTcpLab(url: string): Promise<TcpLab> {
  const target = new URL(url);
  const ends = new Set<Socket>();
  let faults = HEALTHY;
  const server = createServer({ noDelay: true }, (near) => {
    near.on("error", () => undefined);
    if (faults.refuse) return void near.resetAndDestroy();
    const far = connect({ port: Number(target.port), host: target.hostname, noDelay: true });
    for (const socket of [near, far]) ends.add(socket.on("close", () => ends.delete(socket)));
    carry(near, far, "to the server", () => faults);
    carry(far, near, "from the server", () => faults);
  });
  const port = await listen(server, "127.0.0.1", 0);
  const reset = (): void => {
    for (const socket of ends) socket.resetAndDestroy();
  };
  return {
    url: Object.assign(new URL(url), { hostname: "127.0.0.1", port: String(port) }).href,
    set: (change) => {
      faults = { ...faults, ...change };
    },
    reset,
    open: () => ends.size / 2,
    stop: () => {
      reset();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

function carry(from: Socket, to: Socket, way: Faults["swallow"], faults: () => Faults): void {
  /** Pieces stay in order: a later one with less latency waits for those before it. */
  let arrival = 0;
  const later = (what: () => void): void => {
    arrival = Math.max(arrival, Date.now() + faults().latencyMs);
    const wait = arrival - Date.now();
    if (wait > 0) setTimeout(what, wait);
    else what();
  };
  const swallowed = () => ["everything", way].includes(faults().swallow);
  from.on("error", () => undefined);
  from.on("data", (piece) => {
    if (!swallowed()) later(() => void to.write(piece));
  });
  from.on("close", (torn) => {
    if (!swallowed()) later(() => void (torn ? to.resetAndDestroy() : to.end()));
  });
}
