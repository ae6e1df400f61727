// A loopback server that can go away and come back at the same address.
import type { Server, Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface Loopback {
  readonly port: () => number;
  /** Ends every connection and stops listening. */
  readonly leave: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
}

export async function loopback(server: Server): Promise<Loopback> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  let port = 0;
  const comeBack = () =>
    new Promise<void>((done, failed) => {
      if (server.listening) return done();
      server.once("error", failed);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", failed);
        port = (server.address() as AddressInfo).port;
        done();
      });
    });
  const leave = () =>
    new Promise<void>((done) => {
      if (!server.listening) return done();
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  await comeBack();
  return { port: () => port, leave, comeBack };
}
