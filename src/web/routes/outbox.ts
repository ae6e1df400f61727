// /outbox: every email the sandbox kept instead of sending, and one of them as its reader would see it.
import type { FastifyInstance } from "fastify";
import PostalMime, { type Email } from "postal-mime";
import { z } from "zod";
import { type Names, openNames } from "../models/names.ts";
import { pagerOf } from "../models/paging.ts";
import { framed } from "../models/frame.ts";
import { saySize } from "../models/words.ts";
import { MESSAGE_BODY, SHOWS_FRAME } from "../plugins/security.ts";
import { entryNumber, notHere, pageNumber, readQuery, searchText } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

const PAGE = 50;
const listQuery = z.object({ page: pageNumber, to: searchText });
const widthQuery = z.object({
  width: z.enum(["desktop", "phone"], "must be desktop or phone").default("desktop"),
});
type Request = { Params: { id: string } };
type Needs = Pick<WebDeps, "store" | "settings" | "outbox">;

export function outboxRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/outbox", async (request, reply) => {
    const { page, to } = readQuery(listQuery, request.query);
    const names = await openNames(deps);
    return show(deps, reply, "outbox/list.njk", {
      section: "outbox",
      names,
      ...listed(deps, names, page, to),
    });
  });

  app.get<Request>("/outbox/:id", SHOWS_FRAME, async ({ params, query }, reply) => {
    const { width } = readQuery(widthQuery, query);
    const { raw, email } = await open(deps, params.id);
    const names = await openNames(deps);
    const headers = headersOf(email, names);
    return show(deps, reply, "outbox/one.njk", {
      ...{ section: "outbox", names, id: params.id, width, html: email.html !== undefined },
      ...{ subject: email.subject ?? "(no subject)", text: email.text ?? "", raw: raw.toString("utf8") },
      size: saySize(raw.byteLength),
      envelope: headers.filter((header) => ENVELOPE.has(header.label)),
      headers: headers.filter((header) => !ENVELOPE.has(header.label)),
    });
  });

  app.get<Request>("/outbox/:id/body", MESSAGE_BODY, async ({ params }, reply) => {
    const { email } = await open(deps, params.id);
    void reply.header("cache-control", "no-store").type("text/html; charset=utf-8");
    return reply.send(framed(email.html ?? "", deps.settings.publicUrl));
  });
}

function listed({ outbox }: Needs, names: Names, page: number, to: string | undefined) {
  const found = outbox?.list({ offset: (page - 1) * PAGE, limit: PAGE + 1, ...(to ? { to } : {}) }) ?? [];
  return {
    ...{ here: outbox !== null, total: outbox?.count() ?? 0, page, to: to ?? "" },
    messages: found.slice(0, PAGE).map(({ id, to: recipient, subject, receivedAt }) => ({
      ...{ id, subject, to: recipient },
      when: names.when(receivedAt),
    })),
    pager: pagerOf("/outbox", page, found.length > PAGE, { to }),
  };
}

async function open({ outbox }: Needs, id: string): Promise<{ raw: Buffer; email: Email }> {
  const number = entryNumber.safeParse(id);
  const raw = number.success && outbox ? await outbox.read(number.data) : null;
  if (!raw) throw notHere("There is no such message in the outbox. It keeps the newest ones only.");
  return { raw, email: await PostalMime.parse(raw) };
}

const ENVELOPE = new Set(["From", "To", "Sent"]);
/** Headers a reader's mailbox acts on, each with what it is for. */
const SHOWN: readonly (readonly [string, string, string])[] = [
  ["from", "From", ""],
  ["to", "To", ""],
  ["date", "Sent", ""],
  ["list-unsubscribe", "List-Unsubscribe", "Where the mailbox’s own unsubscribe button leads"],
  ["list-unsubscribe-post", "List-Unsubscribe-Post", "Lets that button work with one press"],
  ["content-language", "Content-Language", ""],
  ["x-bellman-reference", "X-Bellman-Reference", "The reference printed in the message"],
  ["message-id", "Message-ID", "The same on every attempt, so that a repeat can be recognised"],
];

function headersOf(email: Email, names: Names) {
  const given = new Map(email.headers.map(({ key, value }) => [key.toLowerCase(), value]));
  return SHOWN.flatMap(([key, label, hint]) => {
    const value = given.get(key);
    if (value === undefined) return [];
    return [{ label, hint, value: key === "date" ? (dateOf(value, names) ?? value) : value }];
  });
}

function dateOf(value: string, names: Names): string | null {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? null : names.when(at);
}
