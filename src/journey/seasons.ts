// The year ahead, planned from config/seasons.yaml and the library: each occurrence becomes a campaign of drafts. Safe to repeat.
import { type Known, campaignFaults } from "../domain/campaign-check.ts";
import { takeFrom } from "../domain/campaign-file.ts";
import { DomainError } from "../domain/errors.ts";
import type { FrozenImage } from "../domain/issue.ts";
import { type Occurrence, occurrences, type Season, type SeasonsFile } from "../domain/season.ts";
import type { Library } from "../library/library.ts";
import type { Store } from "../store/store.ts";
import type { PlanInput } from "./plan.ts";

export interface SeasonsDeps {
  readonly store: Pick<Store, "plan">;
  readonly library: Library;
  readonly plan: (input: PlanInput) => Promise<string>;
  readonly pictures: (messageKey: string) => Promise<Record<string, FrozenImage>>;
}

export interface PlannedSeason {
  readonly key: string;
  readonly title: string;
  readonly dueWall: string;
  readonly isNew: boolean;
}

/** From one day to another ("YYYY-MM-DD"); seasons nobody carries yet stay in the calendar only. */
export async function planSeasons(
  deps: SeasonsDeps,
  { file, known, from, to }: { file: SeasonsFile; known: Known; from: string; to: string },
): Promise<PlannedSeason[]> {
  const planned: PlannedSeason[] = [];
  for (const season of file.seasons)
    for (const turn of occurrences(season, from, to, file)) {
      if (!season.carried_by) continue;
      const key = `${season.key}-${turn.due.wall.slice(0, 4)}`;
      const isNew = (await deps.store.plan.campaign(key)) === null;
      if (isNew) await planTurn(deps, season, turn, key, known);
      planned.push({ key, title: season.title, dueWall: turn.due.wall, isNew });
    }
  return planned.sort((a, b) => (a.dueWall < b.dueWall ? -1 : 1));
}

async function planTurn(
  deps: SeasonsDeps,
  season: Season,
  turn: Occurrence,
  key: string,
  known: Known,
): Promise<void> {
  const message = deps.library.message(season.message);
  if (!message || !season.carried_by)
    throw new DomainError(
      "seasons",
      `The season "${season.key}" of config/seasons.yaml wants the message "${season.message}", which is not in templates/library.`,
    );
  const campaign = takeFrom(message, {
    ...season.carried_by,
    key,
    library: message.key,
    title: season.title,
    due: turn.due.wall,
    repeated_hour: "first",
  });
  const faults = campaignFaults(campaign, known).map(
    (fault) => `${season.key}, ${fault.path.join(".")}: ${fault.message}.`,
  );
  if (faults.length > 0)
    throw new DomainError("seasons", `The season "${season.key}" cannot be planned.`, faults);
  await deps.plan({
    campaign,
    images: await deps.pictures(message.key),
    libraryKey: message.key,
    seasonKey: season.key,
    repeatedHour: "first",
    latestUsefulAt: turn.latestUseful.instant,
  });
}
