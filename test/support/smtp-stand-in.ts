// A scripted relay: speaks SMTP line by line and can fail at every step of it, which a well-made server cannot be made to.
import { createServer as createHttp } from "node:http";
import { createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { answerLookup } from "./lookup-stand-in.ts";
import { loopback } from "./loopback.ts";
import type { Arrived, Fault, Looking, StandIn } from "./stand-in.ts";

/** At a step: what it says instead of yes; null hangs up. `takes` has the message kept first. */
interface Script extends Omit<Fault, "name"> {
  readonly at: "connect" | "EHLO" | "MAIL" | "RCPT" | "DATA" | "body" | "end";
  readonly says: string | null;
}
const deferred = { kind: "deferred", taken: false } as const;
const refused = { kind: "refused", taken: false } as const;
const unknown = { kind: "unknown", taken: false } as const;
const lost = { kind: "unknown", taken: true } as const;
const SCRIPTS: Readonly<Record<string, Script>> = {
  "greets with 421": { at: "connect", says: "421 4.3.2 busy", ...deferred },
  "greets with 554": { at: "connect", says: "554 5.7.1 not from you", ...deferred },
  "hangs up instead of greeting": { at: "connect", says: null, ...deferred },
  "refuses our name for good": { at: "EHLO", says: "550 5.7.1 go away", ...deferred },
  "hangs up at our name": { at: "EHLO", says: null, ...deferred },
  "wants a sign-in first": { at: "MAIL", says: "530 5.7.0 Authentication required", ...deferred },
  "refuses the sender for now": { at: "MAIL", says: "451 4.3.0 later", ...deferred },
  "refuses the sender for good": { at: "MAIL", says: "550 5.1.8 no", ...refused },
  "hangs up at the sender": { at: "MAIL", says: null, ...deferred },
  "refuses the recipient for now": { at: "RCPT", says: "450 4.2.1 greylisted", ...deferred },
  "refuses the recipient for good": { at: "RCPT", says: "550 5.1.1 no such user ann@x.test", ...refused },
  "closes down at the recipient": { at: "RCPT", says: "421 4.3.2 closing", ...deferred },
  "hangs up at the recipient": { at: "RCPT", says: null, ...deferred },
  "refuses to begin for now": { at: "DATA", says: "451 4.3.0 later", ...deferred },
  "hangs up before the body": { at: "DATA", says: null, ...deferred },
  "hangs up within the body": { at: "body", says: null, ...unknown },
  "refuses the message for now": { at: "end", says: "451 4.3.0 later", ...deferred },
  "refuses the message for good": { at: "end", says: "554 5.6.0 not this", ...refused },
  "closes down after the body": { at: "end", says: "421 4.3.2 closing", ...deferred },
  "hangs up after the body without taking it": { at: "end", says: null, ...unknown },
  "takes it and hangs up": { at: "end", says: null, ...lost },
  "takes it and breaks off in its reply": { at: "end", says: "25", ...lost },
};
const PIPELINED = ", pipelining";
const NOBODY: Fault = { name: "is not there", ...deferred };
const faults: Fault[] = Object.entries(SCRIPTS).flatMap(([name, { kind, taken }]) =>
  ["", PIPELINED].map((how) => ({ name: name + how, kind, taken })),
);

export async function smtpStandIn(): Promise<StandIn> {
  const kept: Arrived[] = [];
  let script: Script | undefined;
  let now = "";
  let pipelining = false;
  let heard = 0;
  let looking: Looking = "as usual";
  const keep = (to: readonly string[], body: string) =>
    kept.push({ id: /^Message-ID:\s*(\S+)/im.exec(body)?.[1] ?? "", to, body });
  const relay = await loopback(
    createServer((socket) => {
      heard += 1;
      serve(socket, { keep, extensions: pipelining ? ["PIPELINING"] : [], script: () => script });
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
      script = SCRIPTS[fault.replace(PIPELINED, "")];
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
}

function serve(socket: Socket, { keep, extensions, script }: Serving): void {
  let waiting = "";
  let to: string[] = [];
  let inBody = false;
  /** Says yes, or what the script has instead; false where it hung up or said no. */
  const say = (at: Script["at"], yes: string): boolean => {
    const other = script();
    if (other?.at !== at) {
      socket.write(`${yes}\r\n`);
      return true;
    }
    if (other.says === null || other.says.length < 4) socket.end(other.says ?? "");
    else socket.write(`${other.says}\r\n`);
    if (other.says?.startsWith("421")) socket.end();
    return false;
  };
  const commands: Record<string, (line: string) => void> = {
    EHLO: () =>
      say("EHLO", ["250-stand-in", ...extensions.map((e) => `250-${e}`), "250 8BITMIME"].join("\r\n")),
    HELO: () => say("EHLO", "250 stand-in"),
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
    if (script()?.at === "body") socket.destroy();
    const end = waiting.indexOf("\r\n.\r\n");
    if (end < 0) return false;
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
    (commands[line.slice(0, 4).toUpperCase()] ?? (() => socket.write("502 no\r\n")))(line);
    return true;
  };
  say("connect", "220 stand-in");
  socket.setNoDelay(true).on("data", (chunk) => {
    waiting += chunk.toString("latin1");
    while (!socket.destroyed && !socket.writableEnded && (inBody ? onBody() : onLine()));
  });
}
