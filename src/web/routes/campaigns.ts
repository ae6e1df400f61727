// /campaigns, one campaign, and the piece of its page that changes while it is being sent.
import type { FastifyInstance } from "fastify";
import { expectedReach } from "../../audience/expected.ts";
import { key as campaignKey } from "../../domain/content.ts";
import type { Stopped } from "../../store/standing.ts";
import { type CampaignRow, type CommunicationView, communicationView } from "../models/communication.ts";
import { countedLinks } from "../models/counted-links.ts";
import { type Names, openNames } from "../models/names.ts";
import { stoppedWords } from "../models/stopped.ts";
import { communicationTag, plural, sayClass, sayEmphasis, sayList, sayObjective } from "../models/words.ts";
import { notHere } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Needs = Pick<WebDeps, "store" | "settings" | "sealRule">;
type Request = { Params: { key: string } };

export function campaignRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/campaigns", async (_request, reply) => {
    const [names, campaigns] = [await openNames(deps), await deps.store.pages.campaigns()];
    const ids = campaigns.flatMap((row) => shownOf(row)?.id ?? []);
    const stopped = await deps.store.standing.stopped(ids);
    return show(deps, reply, "campaigns/list.njk", {
      section: "campaigns",
      names,
      campaigns: campaigns.map((row) => listed(row, stopped, names)).sort(nextFirst),
    });
  });

  app.get<Request>("/campaigns/:key", async ({ params }, reply) => {
    const campaign = await find(deps, params.key);
    const names = await openNames(deps);
    const live = await liveView(deps, campaign, names);
    return show(deps, reply, "campaigns/one.njk", {
      section: "campaigns",
      names,
      campaign: described(campaign, names),
      ...live,
    });
  });

  app.get<Request>("/campaigns/:key/progress", async ({ params }, reply) => {
    const campaign = await find(deps, params.key);
    const names = await openNames(deps);
    return show(deps, reply, "campaigns/progress.njk", {
      section: "campaigns",
      names,
      ...(await liveView(deps, campaign, names)),
    });
  });
}

async function find({ store }: Needs, key: string): Promise<CampaignRow> {
  const campaign = campaignKey.safeParse(key).success ? await store.pages.campaign(key) : null;
  if (!campaign)
    throw notHere("There is no campaign of that name. All campaigns are listed under Campaigns.");
  return campaign;
}

/** Only the next one that has not gone is counted: a campaign may repeat for a year. */
async function expectedOf(deps: Needs, { communications, class: messageClass }: CampaignRow) {
  const next = communications.find((row) => row.releasedAt === null && row.state !== "cancelled");
  const expected = next ? await expectedReach(deps, { ...next, class: messageClass }) : [];
  return (id: string) => (id === next?.id ? expected : []);
}

async function liveView(deps: Needs, campaign: CampaignRow, names: Names) {
  const { store, settings } = deps;
  const expected = await expectedOf(deps, campaign);
  const about = { sensitive: campaign.sensitivity === "sensitive", publicUrl: settings.publicUrl };
  const begun = campaign.communications.filter((row) => row.releasedAt !== null);
  const progress = await store.pages.progress(begun.map((row) => row.id));
  const returned = await store.bounces.counts(begun.map((row) => row.id));
  const proofs = await Promise.all(
    begun.map(async (row) => [row.id, await store.pages.proofs(row.id)] as const),
  );
  const ids = campaign.communications.map((row) => row.id);
  const stopped = await store.standing.stopped(ids);
  const [links, days] = await Promise.all([store.links.of(ids), store.links.days(ids)]);
  const communications = campaign.communications.map((row) => {
    const of = <T extends { readonly communicationId: string }>(all: readonly T[]) =>
      all.filter((one) => one.communicationId === row.id);
    const sending = {
      progress: of(progress),
      returned: of(returned),
      proofs: proofs.find(([id]) => id === row.id)?.[1] ?? [],
      stopped: stopped.find((one) => one.id === row.id),
      expected: expected(row.id),
    };
    return {
      ...communicationView(row, sending, names, about),
      links: countedLinks(of(links), of(days), names),
    };
  });
  const going = communications.some((one) => one.going);
  return {
    communications,
    going,
    sentence: liveSentence(communications),
    liveUrl: `/campaigns/${campaign.key}/progress`,
  };
}

function liveSentence(communications: readonly CommunicationView[]): string {
  const going = communications.filter((one) => one.going);
  if (going.length === 0) return "Sending has finished.";
  const said = (one: CommunicationView) =>
    one.stopped ? one.stopped.sentence : `${one.progress?.sentence ?? ""}.`;
  return going
    .map((one) => `“${one.title}” is ${one.stopped ? "not going on" : "being sent"}: ${said(one)}`)
    .join(" ");
}

const described = (campaign: CampaignRow, names: Names) => ({
  key: campaign.key,
  title: campaign.title,
  purpose: campaign.purpose,
  objective: sayObjective(campaign.objective),
  emphasis: sayEmphasis(campaign.emphasis),
  priority: names.priority(campaign.priorityKey),
  class: sayClass(campaign.class),
  sensitive: campaign.sensitivity === "sensitive",
  repeats: campaign.repeats,
  skips: campaign.skips,
  lead: campaign.leadAgency.name,
  contributing: campaign.contributing.map(({ agency }) => agency.name),
});

type ListRow = Awaited<ReturnType<WebDeps["store"]["pages"]["campaigns"]>>[number];

const openOf = ({ communications }: ListRow) =>
  communications.find((row) => !["completed", "cancelled"].includes(row.state));
/** The one that comes next, or the last. */
const shownOf = (campaign: ListRow) => openOf(campaign) ?? campaign.communications.at(-1);

function listed(campaign: ListRow, stopped: readonly Stopped[], names: Names) {
  const [open, shown] = [openOf(campaign), shownOf(campaign)];
  const why = stoppedWords(
    stopped.find((one) => one.id === shown?.id),
    shown?.state ?? "",
    names,
  );
  const others = campaign.communications.length - 1;
  return {
    key: campaign.key,
    title: campaign.title,
    finished: open === undefined,
    at: shown?.dueAt.getTime() ?? 0,
    lead: campaign.leadAgency.name,
    priority: names.priority(campaign.priorityKey),
    tag: why?.tag ?? (shown ? communicationTag(shown.state) : null),
    when: shown ? `${open ? "Next" : "Last"}: ${names.when(shown.dueAt)}` : null,
    size: sayList([plural(1 + others, "communication")]),
  };
}

/** What comes next at the top; what is over at the end, latest first. */
const nextFirst = (a: ReturnType<typeof listed>, b: ReturnType<typeof listed>): number =>
  Number(a.finished) - Number(b.finished) || (a.finished ? b.at - a.at : a.at - b.at);
