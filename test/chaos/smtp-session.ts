// One connection to the scripted relay. Commands may come in one packet; the end of a body may come in two.
import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { REFUSALS, type Rule } from "./programme.ts";

export interface SessionTools {
  readonly turnAway: boolean;
  readonly choose: (recipient: string) => Rule;
  /** How long every message waits before it is taken. */
  readonly delayMs: () => number;
  /** Resolves when the acceptance is on the disk. */
  readonly accept: (messageId: string, recipient: string, reference: string) => Promise<void>;
}

const END = "\r\n.\r\n";
const GREETING = "250-lab\r\n250-PIPELINING\r\n250-SIZE 50000000\r\n250 8BITMIME";
const header = (head: string, name: string): string =>
  new RegExp(`^${name}:\\s*(\\S+)`, "im").exec(head)?.[1] ?? "";

export function converse(socket: Socket, tools: SessionTools): void {
  let rest = "";
  let head: string | null = null; // of the body that is being read; null outside one
  let rule: Rule | null = null;
  let recipient = "";
  let busy = false;
  const say = (line: string) => void socket.write(`${line}\r\n`);

  const onCommand = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "RCPT") return onRecipient(line);
    if (verb === "DATA") return onData();
    if (verb === "QUIT") return void socket.end("221 2.0.0 bye\r\n");
    if (verb === "MAIL" || verb === "RSET") rule = null;
    say(verb === "EHLO" ? GREETING : "250 2.0.0 fine");
  };
  const onRecipient = (line: string): void => {
    recipient = (/<([^>]*)>/.exec(line)?.[1] ?? "").toLowerCase();
    const chosen = tools.choose(recipient);
    const refusal = REFUSALS[chosen.programme];
    if (refusal === undefined) rule = chosen;
    say(refusal ?? "250 2.1.5 fine");
  };
  const onData = (): void => {
    if (!rule) return say("503 5.5.1 no recipient");
    if (rule.programme === "drop-at-DATA") return void socket.destroy();
    head = "";
    rest = `\r\n${rest}`; // so that an empty body ends, too
    say("354 go on");
  };
  const onMessage = async (top: string, { programme, ms = 0 }: Rule): Promise<void> => {
    const delay = tools.delayMs();
    if (delay > 0) await wait(delay);
    await tools.accept(header(top, "Message-ID"), recipient, header(top, "X-Bellman-Reference"));
    if (programme === "accept-then-hang") return;
    if (programme === "accept-then-reset") return void socket.resetAndDestroy();
    if (programme === "accept-then-FIN") return void socket.end();
    if (programme === "tarpit") await wait(ms);
    say("250 2.0.0 taken");
    busy = false;
    read();
  };
  const readBody = (): boolean => {
    const end = rest.indexOf(END);
    if (head !== "" || end >= 0) head ||= rest.slice(0, end);
    else if (rest.includes("\r\n\r\n", 2)) head = rest; // the header is whole: no more of the body is kept
    if (end < 0) {
      if (head) rest = rest.slice(-END.length);
      return false;
    }
    rest = rest.slice(end + END.length);
    const [top, chosen] = [head ?? "", rule ?? { programme: "accept" as const }];
    [head, rule, busy] = [null, null, true];
    onMessage(top, chosen).catch(() => socket.destroy());
    return false;
  };
  const readLine = (): boolean => {
    const end = rest.indexOf("\r\n");
    if (end < 0) return false;
    const line = rest.slice(0, end);
    rest = rest.slice(end + 2);
    onCommand(line);
    return true;
  };
  const read = (): void => {
    while (!busy && !socket.destroyed && (head === null ? readLine() : readBody()));
  };

  socket.setEncoding("latin1");
  socket.on("error", () => undefined);
  if (tools.turnAway) return void socket.end("421 4.3.2 busy, come back later\r\n");
  say("220 lab ESMTP");
  socket.on("data", (chunk: string) => {
    rest += chunk;
    read();
  });
}
