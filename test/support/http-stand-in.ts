// A scripted posting service: takes a JSON post under an Idempotency-Key and answers as it is told to.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { answerLookup } from "./lookup-stand-in.ts";
import { loopback } from "./loopback.ts";
import type { Arrived, Fault, Looking, StandIn } from "./stand-in.ts";

type Script = Omit<Fault, "name"> & { readonly answer: (response: ServerResponse) => void };
const says = (status: number, body = JSON.stringify({ problem: "no" }), headers = {}) => ({
  answer: (response: ServerResponse) => void response.writeHead(status, headers).end(body),
});
const deferred = { kind: "deferred", taken: false } as const;
const refused = { kind: "refused", taken: false } as const;
const unknown = { kind: "unknown", taken: false } as const;
const lost = { kind: "unknown", taken: true } as const;
const hangsUp = { answer: (response: ServerResponse) => void response.destroy() };

const SCRIPTS: Readonly<Record<string, Script>> = {
  "answers 429": { ...says(429), ...deferred },
  "answers 503": { ...says(503), ...deferred },
  "answers 408": { ...says(408), ...deferred },
  "answers 400": { ...says(400), ...refused },
  "answers 403": { ...says(403), ...refused },
  "answers 409": { ...says(409), ...refused },
  "answers 422": { ...says(422), ...refused },
  "answers 500": { ...says(500), ...unknown },
  "answers 502": { ...says(502), ...unknown },
  "answers 500 although it took it": { ...says(500), ...lost },
  "sends us elsewhere": { ...says(307, "", { location: "http://127.0.0.1:1/posts" }), ...unknown },
  "answers 202 without an address": { ...says(202), ...lost },
  "takes it and answers nonsense": { ...says(201, "<h1>Created</h1>"), ...lost },
  "takes it and answers without an address": { ...says(201, "{}"), ...lost },
  "takes it and answers with a strange address": { ...says(201, '{"url":{}}'), ...lost },
  "hangs up without taking it": { ...hangsUp, ...unknown },
  "takes it and hangs up": { ...hangsUp, ...lost },
  "takes it and breaks off in its answer": {
    answer: (response) => {
      response.writeHead(201, { "content-length": "500" }).write('{"url":"http');
      setTimeout(() => response.destroy(), 5);
    },
    ...lost,
  },
};
const NOBODY: Fault = { name: "is not there", ...deferred };

export async function httpStandIn(): Promise<StandIn> {
  const kept: Arrived[] = [];
  let script: Script | undefined;
  let heard = 0;
  let looking: Looking = "as usual";
  const address = (id: string) => `http://127.0.0.1:${server.port()}/posts/${id}`;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    heard += 1;
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const id = String(request.headers["idempotency-key"] ?? "");
    const known = kept.some((one) => one.id === id);
    if (!script || script.taken) kept.push({ id, to: [], body: Buffer.concat(parts).toString("utf8") });
    if (script) script.answer(response);
    else says(known ? 200 : 201, JSON.stringify({ url: address(id) })).answer(response);
  };
  const server = await loopback(
    createServer((request, response) => {
      if (request.method === "POST") return void take(request, response);
      const key = new URL(request.url ?? "", "http://x").searchParams.get("key") ?? "";
      answerLookup(response, looking, kept.some((one) => one.id === key) ? { url: address(key) } : null);
    }),
  );
  return {
    tools: { timelineUrl: `http://127.0.0.1:${server.port()}` },
    faults: [...Object.entries(SCRIPTS).map(([name, { kind, taken }]) => ({ name, kind, taken })), NOBODY],
    lookups: ["failing", "lost", "elsewhere", "not there"],
    behave: async (fault = "") => {
      script = SCRIPTS[fault];
      await (fault === NOBODY.name ? server.leave() : server.comeBack());
    },
    look: async (how) => {
      looking = how;
      await (how === "not there" ? server.leave() : server.comeBack());
    },
    arrived: () => Promise.resolve(kept),
    heard: () => heard,
    asked: () => heard,
    stop: server.leave,
  };
}
