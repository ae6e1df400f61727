// /log: the shared record, newest first, and one entry with everything needed to check it by hand.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { faultIn, hashedText, type StoredEntry } from "../../domain/log-entry.ts";
import { sha256 } from "../../lib/hash.ts";
import { foldRuns } from "../models/log-runs.ts";
import { logWords, mentioned, type Titles } from "../models/log-words.ts";
import { openNames } from "../models/names.ts";
import { address } from "../models/paging.ts";
import { entryNumber, notHere, readQuery, searchText } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";
import { readReference } from "./check.ts";

/** Many, as runs of them are shown as one. */
const PAGE = 200;
const query = z.object({ campaign: searchText, reference: searchText, before: entryNumber.optional() });
type Needs = Pick<WebDeps, "store">;
type Request = { Params: { seq: string } };

export function logRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/log", async (request, reply) => {
    const { campaign, reference: typed, before } = readQuery(query, request.query);
    // As people type it; what cannot be a reference is looked for as it is, and not found.
    const reference = typed && (readReference(typed) ?? typed);
    return show(deps, reply, "log/list.njk", {
      section: "log",
      ...(await page(deps, { campaign, reference }, before)),
    });
  });

  app.get<Request>("/log/:seq", async ({ params }, reply) => {
    const entry = await find(deps, params.seq);
    const { log } = deps.store;
    const [before, after] = await Promise.all([log.entry(entry.seq - 1), log.entry(entry.seq + 1)]);
    const [names, titles] = await Promise.all([openNames(deps), openTitles(deps, [entry])]);
    return show(deps, reply, "log/one.njk", {
      ...{ section: "log", names, entry, words: logWords(entry, names, titles) },
      fault: faultIn(entry, before, sha256),
      previous: before?.seq ?? null,
      next: after?.seq ?? null,
    });
  });

  /** The exact bytes the hash is made of, to be checked with any tool. */
  app.get<Request>("/log/:seq/bytes", async ({ params }, reply) => {
    const entry = await find(deps, params.seq);
    void reply.header("content-disposition", `attachment; filename="bellman-log-${entry.seq}.txt"`);
    return reply.type("text/plain; charset=utf-8").send(hashedText(entry));
  });
}

type Filter = Readonly<Record<"campaign" | "reference", string | undefined>>;

async function page(deps: Needs, filter: Filter, before: number | undefined) {
  const asked = Object.entries({ ...filter, before }).filter(([, value]) => value !== undefined);
  const found = await deps.store.log.list({ ...Object.fromEntries(asked), limit: PAGE + 1 });
  const [names, titles] = await Promise.all([openNames(deps), openTitles(deps, found)]);
  const entries = found.slice(0, PAGE);
  const next = found.length > PAGE ? entries.at(-1)?.seq : undefined;
  const words = entries.map((entry) => logWords(entry, names, titles));
  return {
    names,
    total: await deps.store.log.count(),
    campaign: filter.campaign ?? "",
    reference: filter.reference ?? "",
    filtered: Object.values(filter).some((value) => value !== undefined),
    entries: foldRuns(words, names),
    newest: before === undefined ? null : address("/log", filter),
    older: next === undefined ? null : address("/log", { ...filter, before: String(next) }),
  };
}

async function find({ store }: Needs, seq: string): Promise<StoredEntry> {
  const number = entryNumber.safeParse(seq);
  const entry = number.success ? await store.log.entry(number.data) : null;
  if (!entry) throw notHere("The log has no entry of that number.");
  return entry;
}

async function openTitles({ store }: Needs, entries: readonly StoredEntry[]): Promise<Titles> {
  const { campaigns, references } = mentioned(entries);
  const [ofCampaigns, ofCommunications] = await Promise.all([
    store.pages.campaignTitles(campaigns),
    store.pages.communicationTitles(references),
  ]);
  const byKey = new Map(ofCampaigns.map((campaign) => [campaign.key, campaign]));
  const byReference = new Map(ofCommunications.map(({ reference, title }) => [reference, title]));
  return {
    campaign: (key) => byKey.get(key)?.title ?? null,
    sensitive: (key) => byKey.get(key ?? "")?.sensitivity === "sensitive",
    communication: (reference) => byReference.get(reference) ?? null,
  };
}
