// Which lists may be written to together, and which ask that what is sent to them travels discreetly (LAW6, LAW8). Pure.
import type { WrittenCampaign } from "./campaign-file.ts";

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
interface Used {
  readonly key: string;
  readonly kind: string;
  readonly sensitive: boolean;
}
export interface ListUse {
  readonly channels: readonly { readonly key: string; readonly list: Used | null }[];
  /** Segments whose rule names a sensitive interest. */
  readonly tellingSegments: readonly string[];
}

/** Of each communication of a campaign. */
export const listFaults = (campaign: Partial<WrittenCampaign>, known: ListUse): Fault[] =>
  (campaign.communications ?? []).flatMap(({ channels, audience }, i) => {
    const keys = channels ?? campaign.channels ?? [];
    const lists = known.channels.flatMap(({ key, list }) => (keys.includes(key) && list ? [list] : []));
    const telling = (audience ?? campaign.audience ?? []).find((key) => known.tellingSegments.includes(key));
    return [
      ...mixed(channels ? ["communications", i, "channels"] : ["channels"], lists),
      ...(campaign.sensitivity === "sensitive" ? [] : unsaid(lists, telling)),
    ];
  });

/** Children and young people are written to by themselves (LAW8). */
function mixed(path: Fault["path"], lists: readonly Used[]): Fault[] {
  const youth = lists.find(({ kind }) => kind === "youth");
  const other = lists.find(({ kind }) => kind !== "youth");
  if (!youth || !other) return [];
  const message = `the list "${youth.key}" is for children and young people and is never written to together with another ("${other.key}"); make it a communication of its own`;
  return [{ path, message }];
}

/** Whoever writes to people about whom their list or segment says something has to say so. */
function unsaid(lists: readonly Used[], segment: string | undefined): Fault[] {
  const list = lists.find(({ sensitive }) => sensitive);
  if (!list && segment === undefined) return [];
  const who = list ? `the list "${list.key}"` : `the segment "${segment ?? ""}"`;
  const message = `must be "sensitive": ${who} says something about the people in it, so what is sent to them travels discreetly`;
  return [{ path: ["sensitivity"], message }];
}
