// What the small loopback servers of the sandbox share: JSON answers, bodies of limited size, start and stop.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Server as NetServer } from "node:net";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Serves `handle` on loopback. Whatever it throws becomes a 500 without details. */
export async function serveJson(
  host: string,
  port: number,
  handle: (request: IncomingMessage, url: URL) => Promise<Answer>,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://loopback");
    handle(request, url)
      .catch((): Answer => ({ status: 500, body: { problem: "The sandbox failed to answer." } }))
      .then(
        (answer) => send(response, answer),
        () => response.destroy(),
      );
  });
  const bound = await listen(server, host, port);
  return { url: `http://${host}:${bound}`, stop: () => close(server) };
}

/** The body as text, or null when it is longer than `limit` bytes. */
export async function bodyText(request: IncomingMessage, limit: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= limit) parts.push(part); // the rest is read and thrown away, so that the answer arrives
  }
  return size > limit ? null : Buffer.concat(parts).toString("utf8");
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(text);
}

export const listen = (server: NetServer, host: string, port: number): Promise<number> =>
  new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, host, () => {
      const address = server.address();
      done(address && typeof address === "object" ? address.port : port);
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
