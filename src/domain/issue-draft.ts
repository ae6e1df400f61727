// Gathers what decides a communication into the form its approvers see (domain/issue.ts). Pure.
import { countedLinks, type LinkCode } from "./counted-links.ts";
import type { Form, Signpost } from "./content.ts";
import { type AuthoredText, type Issue, pointedAt, type WantedRendition, wantedRenditions } from "./issue.ts";
import { bySpecificity, type Segment } from "./segment.ts";
import { readingOf } from "./wall-time.ts";

export interface DraftFacts {
  readonly reference: string;
  readonly title: string;
  readonly class: string;
  readonly sensitivity: string;
  readonly dueWall: string;
  readonly dueAt: string;
  readonly zone: string;
  readonly earliestWall: string | null;
  readonly latestUsefulWall: string;
  readonly expiresWall: string | null;
  readonly quietOverrideWhy: string | null;
  readonly text: AuthoredText;
  readonly audience: readonly string[];
  readonly channels: readonly string[];
  readonly leadAgencyKey: string;
  readonly contributing: readonly string[];
}
/** The set-up it is drafted against. */
export interface Surroundings {
  readonly partnership: Issue["partnership"];
  readonly agencies: readonly { readonly key: string; readonly name: string }[];
  readonly lists: readonly { readonly key: string; readonly reason: string }[];
  readonly channels: readonly {
    readonly key: string;
    readonly kind: string;
    readonly listKey: string | null;
  }[];
  readonly segments: readonly Segment[];
  readonly signposts: Readonly<Record<string, Signpost>>;
  readonly publicUrl: string;
  /** Makes the codes of short links (src/audience/link-code.ts). */
  readonly linkCode?: LinkCode;
  /** What each kind of channel carries. */
  readonly kinds: ReadonlyMap<string, { readonly form: Form; readonly reaches: "people" | "once" }>;
}

export function draftIssue(
  facts: DraftFacts,
  around: Surroundings,
): { draft: Omit<Issue, "renditions">; wanted: WantedRendition[] } {
  const named = (key: string) => ({
    name: around.agencies.find((agency) => agency.key === key)?.name ?? key,
  });
  const segments = around.segments
    .filter((segment) => facts.audience.includes(segment.key))
    .sort(bySpecificity)
    .map(({ key, name, rule, specificity }) => ({ key, name, rule, specificity }));
  const channels = channelsOf(facts, around);
  const { signposts: keys } = pointedAt(facts.text.content, facts.text.variants);
  const draft = {
    reference: facts.reference,
    title: facts.title,
    class: facts.class,
    sensitive: facts.sensitivity === "sensitive",
    dueWall: facts.dueWall,
    zone: facts.zone,
    dueReading: readingOf(facts.dueAt, facts.zone),
    earliestWall: facts.earliestWall,
    latestUsefulWall: facts.latestUsefulWall,
    expiresWall: facts.expiresWall,
    quietOverride: facts.quietOverrideWhy,
    publicUrl: around.publicUrl,
    partnership: around.partnership,
    leadAgency: named(facts.leadAgencyKey),
    contributing: facts.contributing.map(named),
    text: facts.text,
    ...linksOf(facts, channels, around),
    signposts: Object.fromEntries(Object.entries(around.signposts).filter(([key]) => keys.includes(key))),
    channels: channels.map(({ reaches: _reaches, ...channel }) => channel),
    segments,
  };
  return { draft, wanted: wantedRenditions(facts.text.content, channels, segments) };
}

/** A sensitive message has none, whatever its file says (LAW6). */
function linksOf(
  { text, reference, sensitivity }: DraftFacts,
  channels: readonly { readonly key: string; readonly form: Form }[],
  { linkCode }: Surroundings,
): Pick<Issue, "links"> {
  if (!text.countLinks || sensitivity === "sensitive" || !linkCode) return {};
  return { links: countedLinks(text, channels, (channel, url) => linkCode(reference, channel, url)) };
}

/** The register's channels that were asked for, with what each carries and why its readers get it. */
const channelsOf = (facts: DraftFacts, around: Surroundings) =>
  around.channels
    .filter((channel) => facts.channels.includes(channel.key))
    .map(({ key, kind, listKey }) => {
      const { form, reaches } = around.kinds.get(kind) ?? {
        form: "article" as const,
        reaches: "once" as const,
      };
      const reason = around.lists.find((list) => list.key === listKey)?.reason ?? "";
      return { key, kind, form, reaches, listKey: reaches === "people" ? listKey : null, reason };
    });
