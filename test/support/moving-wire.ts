// A fixed address in front of a database that comes back at another one after a crash.
import { connect, createServer, type Socket } from "node:net";

export interface MovingWire {
  /** `url` with the wire's own address. */
  readonly url: (url: string) => string;
  /** From now on connections go there. */
  readonly leadTo: (url: string) => void;
  readonly stop: () => Promise<void>;
}

export async function openMovingWire(first: string): Promise<MovingWire> {
  let target = new URL(first);
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        ends.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
  );
  return {
    url: (url) => Object.assign(new URL(url), { hostname: "127.0.0.1", port: String(port) }).href,
    leadTo: (url) => (target = new URL(url)),
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      for (const end of ends) end.destroy();
      await closed;
    },
  };
}
