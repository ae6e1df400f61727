// A light SMTP sink in a process of its own, for machines without Postfix: says yes to everything, counts, keeps nothing.
import { createServer, type Socket } from "node:net";
import { beChild } from "./child.ts";

const END = "\r\n.\r\n";
let messages = 0;

/** One connection. Commands may come in one packet (pipelining); a body's end may come in two. */
function serve(socket: Socket): void {
  let rest = "";
  let inBody = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  socket.setNoDelay(true);
  socket.setEncoding("latin1");
  socket.on("error", () => undefined);
  say("220 bench ESMTP");
  socket.on("data", (chunk: string) => {
    rest += chunk;
    for (;;) {
      const end = rest.indexOf(inBody ? END : "\r\n");
      if (end < 0) {
        if (inBody) rest = rest.slice(-END.length);
        return;
      }
      if (inBody) {
        messages += 1;
        rest = rest.slice(end + END.length);
        inBody = false;
        say("250 2.0.0 taken");
        continue;
      }
      const command = rest.slice(0, 4).toUpperCase();
      rest = rest.slice(end + 2);
      if (command === "DATA") {
        inBody = true;
        rest = `\r\n${rest}`; // so that an empty body ends, too
        say("354 go on");
      } else if (command === "EHLO") socket.write("250-bench\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
      else if (command === "QUIT") socket.end("221 2.0.0 bye\r\n");
      else say("250 2.0.0 fine");
    }
  });
}

const server = createServer(serve);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as { port: number };
  beChild(
    { port },
    { ask: () => Promise.resolve({ messages }), stop: () => Promise.resolve(server.close()) },
  );
});
