// A scripted relay: speaks SMTP line by line and can fail at every step of it, which a well-made server cannot be made to.
import { createServer as createHttp } from "node:http";
import { createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { answerLookup } from "./lookup-stand-in.ts";
import { loopback } from "./loopback.ts";
import { OFFERS, type Script, SCRIPTS } from "./smtp-scripts.ts";
import type { Arrived, Fault, Looking, StandIn } from "./stand-in.ts";

const PIPELINED = ", pipelining";
const NOBODY: Fault = { name: "is not there", kind: "unavailable", taken: false };
const faults: Fault[] = Object.entries(SCRIPTS).flatMap(([name, { kind, taken }]) =>
  ["", PIPELINED].map((how) => ({ name: name + how, kind, taken })),
);

export async function smtpStandIn(): Promise<StandIn> {
  const kept: Arrived[] = [];
  let script: Script | undefined;
  let now = "";
  let pipelining = false;
  let [heard, asked] = [0, 0];
  let looking: Looking = "as usual";
  const keep = (to: readonly string[], body: string) =>
    kept.push({ id: /^Message-ID:\s*(\S+)/im.exec(body)?.[1] ?? "", to, body });
  const relay = await loopback(
    createServer((socket) => {
      heard += 1;
      const extensions = [...(pipelining ? ["PIPELINING"] : []), ...(script?.offers ?? [])];
      const came = { command: () => (heard += 1), end: () => (asked += 1) };
      serve(socket, { keep, extensions, script: () => script, came });
    }),
  );
  const lookup = await loopback(
    createHttp((request, response) => {
      const id = new URL(request.url ?? "", "http://x").searchParams.get("messageId");
      answerLookup(response, looking, kept.find((one) => one.id === id) ? { messageId: id } : null);
    }),
  );
  return {
    tools: {
      smtpUrl: `smtp://127.0.0.1:${relay.port()}`,
      smtpLookupUrl: `http://127.0.0.1:${lookup.port()}/`,
    },
    faults: [...faults, NOBODY],
    lookups: ["failing", "lost", "elsewhere", "not there"],
    behave: async (fault = "") => {
      if (fault === now) return;
      now = fault;
      pipelining = fault.endsWith(PIPELINED);
      script = SCRIPTS[fault.replace(PIPELINED, "")] ?? OFFERS[fault];
      await relay.leave(); // a new start: no connection from before is used again
      await wait(20); // time for the other side to notice
      if (fault !== NOBODY.name) await relay.comeBack();
    },
    look: async (how) => {
      looking = how;
      await (how === "not there" ? lookup.leave() : lookup.comeBack());
    },
    arrived: () => Promise.resolve(kept),
    heard: () => heard,
    asked: () => asked,
    stop: async () => {
      await relay.leave();
      await lookup.leave();
    },
  };
}

interface Serving {
  readonly keep: (to: readonly string[], body: string) => void;
  readonly extensions: readonly string[];
  readonly script: () => Script | undefined;
  readonly came: { readonly command: () => void; readonly end: () => void };
}

function serve(socket: Socket, { keep, extensions, script, came }: Serving): void {
  let waiting = "";
  let to: string[] = [];
  let inBody = false;
  /** Says yes, or what the script has instead; false where it hung up or said no. */
  const say = (at: Script["at"], yes: string): boolean => {
    const other = script();
    if (other?.at === "every") setTimeout(() => socket.write(`${yes}\r\n`), other.afterMs);
    else if (other?.at !== at) socket.write(`${yes}\r\n`);
    else {
      if (other.afterMs) setTimeout(() => answer(socket, other), other.afterMs);
      else answer(socket, other);
      return false;
    }
    return true;
  };
  const commands: Record<string, (line: string) => void> = {
    EHLO: () =>
      say("EHLO", ["250-stand-in", ...extensions.map((e) => `250-${e}`), "250 8BITMIME"].join("\r\n")),
    HELO: () => say("EHLO", "250 stand-in"),
    AUTH: () => say("AUTH", "235 2.7.0 come in"),
    MAIL: () => {
      to = [];
      say("MAIL", "250 ok");
    },
    RCPT: (line) => {
      if (say("RCPT", "250 ok")) to.push(line.slice("RCPT TO:".length));
    },
    DATA: () => {
      if (to.length === 0) return void socket.write("503 5.5.1 no recipient\r\n");
      inBody = say("DATA", "354 go on");
    },
    RSET: () => socket.write("250 ok\r\n"),
    QUIT: () => socket.end("221 bye\r\n"),
  };
  const onBody = (): boolean => {
    if (waiting !== "" && script()?.at === "body") {
      hangUp(socket, script());
      return false;
    }
    const end = waiting.indexOf("\r\n.\r\n");
    if (end < 0) return false;
    came.end();
    if (script()?.at !== "end" || script()?.taken) keep(to, waiting.slice(0, end));
    waiting = waiting.slice(end + 5);
    inBody = false;
    say("end", "250 taken");
    return true;
  };
  const onLine = (): boolean => {
    const end = waiting.indexOf("\r\n");
    if (end < 0) return false;
    const line = waiting.slice(0, end);
    waiting = waiting.slice(end + 2);
    came.command();
    (commands[line.slice(0, 4).toUpperCase()] ?? (() => socket.write("502 no\r\n")))(line);
    return true;
  };
  say("connect", "220 stand-in");
  socket.setNoDelay(true).on("data", (chunk) => {
    waiting += chunk.toString("latin1");
    while (!socket.destroyed && !socket.writableEnded && (inBody ? onBody() : onLine()));
  });
}

/** What the script has instead of yes. */
function answer(socket: Socket, { says, resets }: Script): void {
  if (resets) socket.resetAndDestroy();
  else if (says === null || says.length < 4) socket.end(says ?? "");
  else socket.write(`${says}\r\n`);
  if (says?.startsWith("421")) socket.end();
}

const hangUp = (socket: Socket, script?: Script) =>
  script?.resets ? socket.resetAndDestroy() : socket.destroy();
