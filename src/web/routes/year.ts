// /year: twelve months at a glance, planned and due, from any month.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { resolveRecurring } from "../../domain/wall-time.ts";
import { openNames } from "../models/names.ts";
import { readSeasons } from "../models/seasons.ts";
import { communicationTag } from "../models/words.ts";
import { addMonths, type PlannedItem, yearGrid } from "../models/year-grid.ts";
import { readQuery } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

const month = z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/, "must be a month such as 2026-10");
const query = z.object({ from: month.optional() });

export function yearRoutes(app: FastifyInstance, deps: Pick<WebDeps, "store">): void {
  const { seasons, faults } = readSeasons();
  app.get("/year", async (request, reply) => {
    const asked = readQuery(query, request.query).from;
    const names = await openNames(deps);
    const { zone } = names;
    const today = localDate(await deps.store.plan.now(), zone);
    const from = asked ?? today.slice(0, 7);
    // A month more at each end: a season's campaign may be due just outside the grid.
    const [first, after] = [addMonths(from, -2), addMonths(from, 14)];
    const instant = (start: string) => resolveRecurring(`${start}-01T00:00`, zone).instant;
    const rows = await deps.store.plan.between(instant(first), instant(after));
    const planned = rows.map((row): PlannedItem => ({
      title: row.title,
      campaignKey: row.campaign.key,
      campaignTitle: row.campaign.title,
      leadAgency: names.agency(row.campaign.leadAgencyKey),
      reference: row.reference,
      seasonKey: row.campaign.seasonKey,
      date: row.dueWall.slice(0, 10),
      tag: communicationTag(row.state),
    }));
    const grid = yearGrid(from, today, planned, seasons);
    return show(deps, reply, "year.njk", {
      ...{ section: "year", names, grid, faults, from, numbers: Array.from({ length: 31 }, (_, i) => i + 1) },
      ...{ earlier: addMonths(from, -12), later: addMonths(from, 12), now: asked ? "/year" : null },
      last: grid.months.at(-1),
    });
  });
}

/** "YYYY-MM-DD" of an instant where the partnership is. */
const localDate = (instant: string, timeZone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    new Date(instant),
  );
