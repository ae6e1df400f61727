// The scripted relay itself, a process of its own: it must survive every kill. Says "250" only when the ledger is on the disk.
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:net";
import { bodyText, listen } from "../../src/embedded/http-json.ts";
import { beChild } from "../../bench/child.ts";
import { answerLookup } from "../support/lookup-stand-in.ts";
import { openLedger } from "./ledger.ts";
import { chooser } from "./programme.ts";
import type { Counts, Script } from "./smtp-lab.ts";
import { converse } from "./smtp-session.ts";

const ledger = await openLedger(process.env.SMTP_LAB_LEDGER ?? "");
const taken = new Map<string, { count: number; at: number; to: string }>();
const counts = { accepted: 0, connections: 0, lookups: 0 };
let script: Script = { rules: [], greet421: 0, delayMs: 0, lookup: "as usual" };
let choose = chooser([]);

const relay = createServer({ noDelay: true }, (socket) => {
  counts.connections += 1;
  const turnAway = script.greet421 > 0;
  if (turnAway) script = { ...script, greet421: script.greet421 - 1 };
  converse(socket, {
    turnAway,
    choose: (recipient) => choose(recipient),
    delayMs: () => script.delayMs,
    accept: (messageId, recipient, reference) => {
      const at = Date.now();
      // From here on a look-up says yes: an acceptance that is being written down must never be denied.
      taken.set(own(messageId), { count: (taken.get(messageId)?.count ?? 0) + 1, at, to: own(recipient) });
      counts.accepted += 1;
      return ledger.append({ at, messageId, recipient, reference });
    },
  });
});

/** A copy: a piece cut from a message keeps the whole message in memory, twenty gigabytes of them in a million. */
const own = (piece: string): string => Buffer.from(piece).toString();
const bracketed = (messageId: string): string => `<${messageId.trim().replace(/^<|>$/g, "")}>`;

async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://lab");
  const json = (body: object) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (url.pathname === "/messages") {
    counts.lookups += 1;
    const messageId = bracketed(url.searchParams.get("messageId") ?? "");
    const found = taken.get(messageId);
    const receivedAt = new Date(found?.at ?? 0).toISOString();
    return answerLookup(
      response,
      script.lookup,
      found ? { messageId, to: found.to, receivedAt, times: found.count } : null,
    );
  }
  if (url.pathname === "/script") {
    script = { ...script, ...(JSON.parse((await bodyText(request, 1_000_000)) ?? "{}") as Partial<Script>) };
    choose = chooser(script.rules);
    return void json(script);
  }
  json(counts satisfies Counts);
}

const desk = createHttp((request, response) => {
  control(request, response).catch(() => response.destroy());
});
const port = await listen(relay, "127.0.0.1", 0);
const controlPort = await listen(desk, "127.0.0.1", 0);
beChild(
  { port, controlPort },
  {
    stop: async () => {
      relay.close();
      desk.close();
      await ledger.close();
    },
  },
);
