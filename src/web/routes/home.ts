// /: what is being sent now, what is due next, what needs a decision, what was sent last.
import type { FastifyInstance } from "fastify";
import { COMPLAINT_REMIND_DAYS } from "../../../config/audience-limits.ts";
import { complaintReminder } from "../models/complaint.ts";
import { openNames, type Names } from "../models/names.ts";
import { decisionViews } from "../models/decision.ts";
import { progressOf } from "../models/progress.ts";
import { stoppedWords } from "../models/stopped.ts";
import { communicationTag } from "../models/words.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Needs = Pick<WebDeps, "store">;
const DUE_SHOWN = 6;
const DONE_SHOWN = 5;

export function homeRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/", async (_request, reply) => {
    const names = await openNames(deps);
    const { pages } = deps.store;
    const [now, due, undecided, done] = await Promise.all([
      underWay(deps, names),
      pages.dueNext(DUE_SHOWN),
      deps.store.holds.undecided(),
      pages.lastCompleted(DONE_SHOWN),
    ]);
    return show(deps, reply, "home.njk", {
      ...{ section: "home", names, ...now, setUp: names.partnership !== null },
      due: due.map((row) => ({ ...item(row, names), lead: row.campaign.leadAgency.name })),
      complaints: complaintReminder(await deps.store.complaints.dueWithin(COMPLAINT_REMIND_DAYS)),
      undecided: await decisionViews(deps, undecided, names),
      done: done.map((row) => ({
        ...item(row, names),
        completed: row.completedAt && names.when(row.completedAt),
      })),
    });
  });

  app.get("/progress", async (_request, reply) => {
    const names = await openNames(deps);
    return show(deps, reply, "home-progress.njk", {
      section: "home",
      names,
      ...(await underWay(deps, names)),
    });
  });
}

async function underWay({ store }: Needs, names: Names) {
  const rows = await store.pages.underWay();
  const ids = rows.map((row) => row.id);
  const [progress, stopped] = await Promise.all([store.pages.progress(ids), store.standing.stopped(ids)]);
  const now = rows.map((row) => {
    const own = progress.filter((one) => one.communicationId === row.id);
    const why = stoppedWords(
      stopped.find((one) => one.id === row.id),
      row.state,
      names,
    );
    return {
      ...item(row, names),
      ...(why ? { tag: why.tag, stopped: why.sentence } : {}),
      progress: progressOf(own, names, row.campaign.sensitivity === "sensitive"),
    };
  });
  const sentence =
    now.map((one) => `“${one.title}”: ${one.progress.sentence}.`).join(" ") ||
    "Nothing is being sent any more.";
  return { now, going: now.length > 0, sentence, liveUrl: "/progress" };
}

interface Row {
  readonly title: string;
  readonly reference: string;
  readonly state: string;
  readonly dueAt: Date;
  readonly campaign: { readonly key: string; readonly title: string };
}

const item = (row: Row, names: Names) => ({
  title: row.title,
  reference: row.reference,
  href: `/campaigns/${row.campaign.key}#${row.reference}`,
  campaign: row.campaign.title,
  tag: communicationTag(row.state),
  due: names.when(row.dueAt),
});
