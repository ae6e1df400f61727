// A name server on loopback with the records of a test, which can also stay silent or fail.
import { createSocket } from "node:dgram";
import { decode, encode, type Answer } from "dns-packet";

export interface Zone {
  readonly txt?: Readonly<Record<string, readonly string[]>>;
  readonly mx?: Readonly<Record<string, string>>;
  /** Names at which the server fails. */
  readonly failing?: readonly string[];
}
export interface DnsStandIn {
  readonly server: string;
  readonly serve: (zone: Zone) => void;
  readonly asked: () => number;
  readonly stop: () => Promise<void>;
}

export async function dnsStandIn(): Promise<DnsStandIn> {
  let zone: Zone = {};
  let asked = 0;
  const socket = createSocket("udp4");
  socket.on("message", (message, { port, address }) => {
    asked += 1;
    const { id = 0, questions = [] } = decode(message);
    const [question] = questions;
    if (!question) return;
    const name = question.name.toLowerCase();
    const answers = answersTo(zone, name, question.type);
    const rcode = zone.failing?.includes(name) ? 2 : answers.length > 0 ? 0 : 3;
    // AUTHORITATIVE_ANSWER and the code in the low four bits.
    socket.send(encode({ type: "response", id, flags: 0x0400 | rcode, questions, answers }), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    server: `127.0.0.1:${socket.address().port}`,
    serve: (next) => void (zone = next),
    asked: () => asked,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function answersTo({ txt, mx }: Zone, name: string, type: string): Answer[] {
  if (type === "TXT")
    // Long texts come in pieces of 255, as keys do.
    return (txt?.[name] ?? []).map((text) => ({ type: "TXT", name, data: text.match(/.{1,255}/gs) ?? [] }));
  const exchange = type === "MX" ? mx?.[name] : undefined;
  return exchange === undefined ? [] : [{ type: "MX", name, data: { preference: 10, exchange } }];
}
