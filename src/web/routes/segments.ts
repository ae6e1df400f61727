// /segments: who messages are for, with live counts; a page for each, and a form on which one is built without any SQL.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { countAudience } from "../../audience/count.ts";
import { checkRule, saveSegment } from "../../audience/segments.ts";
import { CLASSES } from "../../domain/classes.ts";
import { DomainError } from "../../domain/errors.ts";
import { bySpecificity, type Segment, specificity } from "../../domain/segment.ts";
import { isSensitive } from "../../domain/segment-check.ts";
import { sayRule } from "../../domain/segment-words.ts";
import { besideFields, type Fault, readForm } from "../answers.ts";
import { openNames } from "../models/names.ts";
import { countWords, ruleNames, sayShown, segmentView, type SetUp } from "../models/segment.ts";
import { boxesOf, MONTHS, ruleOf } from "../models/segment-form.ts";
import { communicationTag, sayClass } from "../models/words.ts";
import type { Fields } from "../plugins/forms.ts";
import { notHere, readQuery, searchText } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";
import { who } from "./holds.ts";

type Needs = Pick<WebDeps, "store" | "secret" | "stopFile" | "listNames" | "sealRule">;
type Request = { Params: { key: string }; Body: Fields | undefined };

const query = z.object({ list: searchText, class: searchText, saved: searchText, from: searchText });
const form = z.object({
  name: z.string("Give it a name").trim().min(1, "Give it a name").max(120, "Give it a shorter name"),
  who,
});
const DRAFT = "this-one";

export function segmentRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/segments", (request, reply) => list(deps, reply, request.query));
  app.get("/segments/new", async (request, reply) => {
    const { from } = readQuery(query, request.query);
    const model = from === undefined ? null : await deps.store.segments.one(from);
    const rule = (model?.rule ?? {}) as Segment["rule"];
    return build(deps, reply, { key: null, typed: { name: "" }, rule, counted: false });
  });
  app.post<Request>("/segments/new", ({ body = {} }, reply) => send(deps, reply, null, body));
  app.get<Request>("/segments/:key", ({ params, query: asked }, reply) =>
    one(deps, reply, params.key, asked),
  );
  app.get<Request>("/segments/:key/edit", async ({ params }, reply) => {
    const { name, rule } = await find(deps, params.key);
    return build(deps, reply, {
      key: params.key,
      typed: { name },
      rule: rule as Segment["rule"],
      counted: false,
    });
  });
  app.post<Request>("/segments/:key/edit", ({ params, body = {} }, reply) =>
    send(deps, reply, params.key, body),
  );
}

async function find({ store }: Needs, key: string) {
  const segment = await store.segments.one(key);
  if (!segment) throw notHere("There is no segment of that name. All segments are listed under Audiences.");
  return segment;
}

/** The list and class that counts are asked for: what the address says, else the first list that a channel has. */
function askedFor(
  { lists, channels }: SetUp,
  given: { list?: string | undefined; class?: string | undefined },
) {
  const used = channels.find(({ listKey }) => listKey !== null)?.listKey;
  const listKey = lists.find(({ key }) => key === (given.list ?? used))?.key ?? lists[0]?.key ?? null;
  const messageClass = CLASSES.find((one) => one === given.class) ?? "public-task-information";
  return { listKey, messageClass };
}
type Asked = ReturnType<typeof askedFor>;

const choicesOf = ({ lists }: SetUp, { listNames }: Needs) => ({
  lists: lists.map((one) => ({ value: one.key, text: listNames.open(one) })),
  classes: CLASSES.map((value) => ({ value, text: sayClass(value) })),
});

const count = async (deps: Needs, { listKey, messageClass }: Asked, segments: readonly Segment[]) =>
  listKey === null ? null : countAudience(deps, { listKey, messageClass, segments });

async function list(deps: Needs, reply: FastifyReply, address: unknown) {
  const given = readQuery(query, address);
  const [names, setUp] = [await openNames(deps), await deps.store.partnership.read()];
  const asked = askedFor(setUp, given);
  const said = ruleNames(setUp, deps.listNames);
  const rows = await deps.store.segments.list();
  const people = await peopleOf(deps, setUp, asked, rows as unknown as Segment[]);
  const segments = rows.map((row) => ({ ...segmentView(row, said), people: people.get(row.key) ?? "" }));
  return show(deps, reply, "segments/list.njk", {
    ...{ section: "audiences", tab: "segments", names, segments, asked, saved: given.saved },
    choices: choicesOf(setUp, deps),
  });
}

/** How many each reaches by itself: in one count, but for those of which few may not be told apart. */
async function peopleOf(deps: Needs, setUp: SetUp, asked: Asked, rows: readonly Segment[]) {
  const apart = setUp.lists.find(({ key }) => key === asked.listKey)?.sensitive ?? false;
  const alone = rows.filter(({ rule }) => apart || isSensitive(rule, setUp));
  const asks = [rows.filter((row) => !alone.includes(row)), ...alone.map((row) => [row])];
  const counts = await Promise.all(asks.map((some) => count(deps, asked, some)));
  const each = counts.flatMap((counted) => counted?.segments ?? []);
  return new Map(each.map(({ key, matches }) => [key, sayShown(matches)]));
}

async function one(deps: Needs, reply: FastifyReply, key: string, address: unknown) {
  const given = readQuery(query, address);
  const row = await find(deps, key);
  const [names, setUp] = [await openNames(deps), await deps.store.partnership.read()];
  const asked = askedFor(setUp, given);
  const said = ruleNames(setUp, deps.listNames);
  const counted = await countsOf(deps, setUp, asked, row as unknown as Segment);
  const versions = await deps.store.segments.versions(key);
  const usedIn = await deps.store.segments.usedIn(key);
  return show(deps, reply, "segments/one.njk", {
    ...{ section: "audiences", tab: "segments", names, asked, counted, saved: given.saved },
    segment: segmentView(row, said),
    choices: choicesOf(setUp, deps),
    versions: versions.map(({ version, name, rule, madeBy, at }) => ({
      ...{ version, name, words: sayRule(rule, said), when: names.when(at) },
      by: names.personWithAgency(madeBy),
    })),
    usedIn: usedIn.map(({ title, state, campaignKey, reference, dueAt }) => ({
      ...{
        title,
        tag: communicationTag(state),
        href: `/campaigns/${campaignKey}#${reference}`,
        due: names.when(dueAt),
      },
      frozen: !["draft"].includes(state),
    })),
  });
}

/** How many alone, and in which other segments they are too; what is sensitive is never set against anything (LAW6). */
async function countsOf(deps: Needs, setUp: SetUp, asked: Asked, segment: Segment) {
  const alone = await count(deps, asked, [segment]);
  const isOpen = ({ rule }: Segment) => !isSensitive(rule, setUp);
  const others = setUp.segments.filter((other) => other.key !== segment.key && isOpen(other));
  const compared = isOpen(segment) ? [segment, ...others].sort(bySpecificity) : [segment];
  const together = await count(deps, asked, compared);
  const name = (key: string) => others.find((other) => other.key === key)?.name ?? key;
  return alone && together && countWords(alone, together, segment.key, name);
}

interface Built {
  readonly key: string | null;
  readonly typed: Fields;
  readonly rule: Segment["rule"];
  readonly counted: boolean;
  readonly faults?: readonly Fault[];
}

async function build(deps: Needs, reply: FastifyReply, { key, typed, rule, counted, faults = [] }: Built) {
  const [names, setUp] = [await openNames(deps), await deps.store.partnership.read()];
  const asked = askedFor(setUp, typed);
  const languages = await deps.store.segments.languages();
  const draft = { key: key ?? DRAFT, name: "", rule, specificity: specificity(rule) };
  return show(deps, reply, "segments/build.njk", {
    ...{ section: "audiences", tab: "segments", names, key, typed, faults, asked, months: MONTHS },
    errors: besideFields(faults),
    people: names.everybody,
    heardIn: String(rule.heard_within_months ?? ""),
    words: sayRule(rule, ruleNames(setUp, deps.listNames)),
    boxes: boxesOf(setUp, languages, rule),
    choices: choicesOf(setUp, deps),
    counted: counted && faults.length === 0 ? await countsOf(deps, setUp, asked, draft) : null,
  });
}

/** Two buttons: one counts and changes nothing, the other saves. */
async function send(deps: Needs, reply: FastifyReply, key: string | null, body: Fields) {
  const rule = ruleOf(body);
  const wish = body.do === "save" ? form : z.object({});
  const read = readForm<{ name?: string; who?: string }>(wish, deps.secret, body);
  const again = (faults: readonly Fault[]) =>
    build(deps, reply.code(422), { key, typed: body, rule, counted: false, faults });
  if (!read.ok) return again(read.faults);
  try {
    if (body.do !== "save") {
      await checkRule(deps, rule);
      return await build(deps, reply, { key, typed: body, rule, counted: true });
    }
    const { name = "", who: by = "" } = read.answers;
    const saved = await saveSegment(deps, { key, name, rule, by });
    return await reply.redirect(`/segments/${saved.key}?saved=${saved.version}`, 303);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === "not-here") throw error;
    const texts = error.faults.length > 0 ? error.faults : [error.message];
    return again(texts.map((text) => ({ text, href: error.code === "segment-rule" ? "#rule" : "#name" })));
  }
}
