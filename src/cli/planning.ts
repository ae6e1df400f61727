// What every command that plans needs of the house: what the partnership knows, and how pictures get in.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "../../config/env.ts";
import type { Known } from "../domain/campaign-check.ts";
import { DomainError } from "../domain/errors.ts";
import { quietHoursOf } from "../domain/quiet-hours.ts";
import { seasonFaults, type SeasonsFile, seasonsFile } from "../domain/season.ts";
import { isSensitive } from "../domain/segment-check.ts";
import { wallAt } from "../domain/wall-time.ts";
import type { Deps } from "../deps.ts";
import { discretionOf } from "../audience/discretion.ts";
import { readYaml } from "../lib/yaml-file.ts";
import { freezePictures } from "../library/pictures.ts";

export async function knownOf(deps: Deps): Promise<Known> {
  const { store, library } = deps;
  const setUp = await store.partnership.read();
  const { partnership, agencies, people, priorities, channels, segments } = setUp;
  const keys = (rows: readonly { key: string }[]) => rows.map((row) => row.key);
  return {
    people,
    agencies: keys(agencies),
    priorities: keys(priorities),
    channels: keys(channels),
    segments: keys(segments),
    signposts: Object.keys(library.signposts()),
    discretion: discretionOf(deps, setUp),
    ...(partnership ? momentAndReach(setUp, partnership, await store.plan.now()) : {}),
  };
}

function momentAndReach(
  setUp: SetUp,
  partnership: NonNullable<SetUp["partnership"]>,
  now: string,
): Pick<Known, "moment" | "reach"> {
  const { timezone: zone } = partnership;
  return {
    moment: { zone, now, quiet: quietHoursOf(partnership) },
    reach: { ...reachOf(setUp), today: wallAt(now, zone).slice(0, 10) },
  };
}
type SetUp = Awaited<ReturnType<Deps["store"]["partnership"]["read"]>>;

const reachOf = ({ agencies, channels, lists, segments, ...setUp }: SetUp) => ({
  channels: channels.flatMap(({ key, listKey }) => {
    const list = lists.find((one) => one.key === listKey);
    const agencyKind = agencies.find((one) => one.key === list?.agencyKey)?.kind ?? "";
    return list ? [{ key, list: { ...list, agencyKind } }] : [];
  }),
  sensitiveSegments: segments.filter(({ rule }) => isSensitive(rule, setUp)).map(({ key }) => key),
});

/** The pictures of a ready message, frozen. */
export const libraryPictures =
  ({ library, store }: Deps) =>
  (messageKey: string) =>
    freezePictures(
      library.message(messageKey)?.images ?? [],
      (file) => library.picture(messageKey, file),
      store.site.keepPicture,
    );

export async function readSeasons(file = join(PROJECT, "config", "seasons.yaml")): Promise<SeasonsFile> {
  const read = readYaml(await readFile(file, "utf8"), seasonsFile, seasonFaults);
  if (!read.ok)
    throw new DomainError("file-has-faults", `${file} has ${read.faults.length} fault(s).`, read.faults);
  return read.value;
}
