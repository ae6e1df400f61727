// A wire between a program and a server that a test can cut or freeze, whatever is spoken over it.
import { connect, createServer, type Server, type Socket } from "node:net";

export interface Wire {
  /** `url` with the wire's own address in place of the server's. */
  readonly url: string;
  /** The server is gone: every connection ends, new ones are refused. */
  readonly cut: () => Promise<void>;
  /** The server is silent: connections stay open and are taken, nothing comes through. */
  readonly freeze: () => void;
  readonly mend: () => Promise<void>;
  /** From now on it leads to another server. */
  readonly turn: (url: string) => void;
}

export async function openWire(url: string): Promise<Wire> {
  let target = new URL(url);
  const ends = new Set<Socket>();
  let frozen = false;
  const join = (near: Socket): void => {
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
      socket.on("data", (data) => other.write(data));
      if (frozen) socket.pause();
    }
  };
  const server = createServer(join);
  const port = await listen(server, 0);
  return {
    url: Object.assign(new URL(url), { hostname: "127.0.0.1", port: String(port) }).href,
    cut: async () => {
      const closed = server.listening ? new Promise((done) => server.close(done)) : null;
      for (const end of ends) end.destroy();
      await closed;
    },
    freeze: () => {
      frozen = true;
      for (const end of ends) end.pause();
    },
    turn: (other) => {
      target = new URL(other);
    },
    mend: async () => {
      frozen = false;
      for (const end of ends) end.resume();
      if (!server.listening) await listen(server, port);
    },
  };
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
