// A free port of this machine.
import { createServer } from "node:net";
import { listen } from "../../src/embedded/http-json.ts";

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, "127.0.0.1", 0);
  await new Promise((done) => server.close(done));
  return port;
}
