// Faults of a campaign in whom it would reach: a list whose purpose or agreement does not allow it, a sensitive subject not named so. Pure.
import type { WrittenCampaign } from "./campaign-file.ts";
import { agreementFault, classFault, type ListTerms } from "./list-duty.ts";

/** The lists behind the channels, and the segments that choose by something sensitive. */
export interface Reach {
  readonly channels: readonly {
    readonly key: string;
    readonly list: ListTerms & { readonly sensitive: boolean };
  }[];
  readonly sensitiveSegments: readonly string[];
  /** The local day of the planning, "2026-11-22". */
  readonly today: string;
}
interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
type Path = Fault["path"];

/** What is missing is the schema's to report, not ours. */
export function reachFaults(campaign: Partial<WrittenCampaign>, reach: Reach): Fault[] {
  const { channels = [], audience = [], communications = [] } = campaign;
  return [
    ...faultsAt([], { channels, audience }, campaign, reach),
    ...communications.flatMap((one, i) =>
      faultsAt(
        ["communications", i],
        { channels: one.channels ?? [], audience: one.audience ?? [] },
        campaign,
        reach,
      ),
    ),
  ];
}

function faultsAt(
  at: Path,
  { channels, audience }: { readonly channels: readonly string[]; readonly audience: readonly string[] },
  campaign: Partial<WrittenCampaign>,
  reach: Reach,
): Fault[] {
  const listOf = (key: string) => reach.channels.find((one) => one.key === key)?.list;
  return [
    ...channels.flatMap((key, i) => {
      const list = listOf(key);
      const why = list && listFault(list, campaign, reach.today);
      return why ? [{ path: [...at, "channels", i], message: why }] : [];
    }),
    ...audience.flatMap((key, i) =>
      reach.sensitiveSegments.includes(key) && campaign.sensitivity !== "sensitive"
        ? [{ path: [...at, "audience", i], message: discreet(`the segment "${key}"`) }]
        : [],
    ),
  ];
}

function listFault(
  list: Reach["channels"][number]["list"],
  { class: messageClass, sensitivity }: Partial<WrittenCampaign>,
  today: string,
): string | null {
  if (list.sensitive && sensitivity !== "sensitive") return discreet(`the list "${list.key}"`);
  return (messageClass === undefined ? null : classFault(list, messageClass)) ?? agreementFault(list, today);
}

const discreet = (what: string): string =>
  `${what} is sensitive, so the campaign must travel discreetly: give it "sensitivity: sensitive" (LAW6)`;

/** Told, not refused: it may be renewed in time. A sentence for each list whose agreement ends before `day`, though not by now. */
export const endsBefore = (lists: readonly ListTerms[], today: string, day: string): string[] =>
  lists.flatMap((list) =>
    agreementFault(list, today) === null && agreementFault(list, day) !== null
      ? [
          `The agreement under which the list "${list.key}" is shared ends on ${list.agreementUntil ?? ""}, before this is due: it will not be released unless the agreement is renewed.`,
        ]
      : [],
  );
