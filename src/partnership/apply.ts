// `bellman apply`: makes the set-up say what a file says. Applying twice changes nothing; a dry run only shows.
import { DomainError } from "../domain/errors.ts";
import {
  areaRows,
  danglingReferences,
  type PartnershipFile,
  partnershipFile,
} from "../domain/partnership-file.ts";
import { specificity } from "../domain/segment.ts";
import type { Channel } from "../channels/channel.ts";
import { type Fault, readYaml, unfold } from "../lib/yaml-file.ts";
import type { ListRow } from "../store/lists.ts";
import type { SetUp } from "../store/partnership.ts";
import type { Store } from "../store/store.ts";
import { differences } from "./differences.ts";

interface ListNames {
  readonly open: (list: { readonly key: string; readonly name: string }) => string;
  readonly seal: (list: { readonly key: string; readonly name: string }) => string;
  readonly openWords: (words: { readonly key: string; readonly text: string }) => string;
  readonly sealWords: (words: { readonly key: string; readonly text: string }) => string;
}
export interface ApplyDeps {
  readonly store: Pick<Store, "partnership">;
  /** A sensitive list's name is sealed in the tables and open in the file (src/audience/sealed-topic.ts). */
  readonly listNames: ListNames;
  /** The kinds of channel there are files for. */
  readonly channelKinds: readonly string[];
  /** The same with what each may be set to. */
  readonly channels: ReadonlyMap<string, Pick<Channel, "settings">>;
}

/** Returns what changed, a line each. Throws DomainError "file-has-faults" with all of them; then nothing was stored. */
export async function apply(
  deps: ApplyDeps,
  { text, name, actor, dryRun }: { text: string; name: string; actor: string; dryRun: boolean },
): Promise<string[]> {
  const read = readYaml(text, partnershipFile, (file) => [
    ...danglingReferences(file, deps.channelKinds),
    ...settingFaults(file, deps.channels),
  ]);
  if (!read.ok)
    throw new DomainError(
      "file-has-faults",
      `${name} has ${read.faults.length} fault(s); nothing was stored.`,
      read.faults,
    );
  const wanted = setUpOf(read.value);
  const changed = differences(filed(deps.listNames, await deps.store.partnership.read()), wanted);
  if (changed.length > 0 && !dryRun)
    await deps.store.partnership.write(sealed(deps.listNames, wanted), {
      kind: "partnership.applied",
      actor,
      facts: { changes: changed.length },
    });
  return changed;
}

/** What stands in the tables, as a file would say it: names open, and without the segments that were built on a page. */
const filed = (names: ListNames, setUp: SetUp): SetUp => ({
  ...setUp,
  lists: setUp.lists.map(({ wording, ...list }) => ({
    ...list,
    name: names.open(list),
    wording: { ...wording, text: names.openWords({ key: list.key, text: wording.text }) },
  })),
  segments: setUp.segments.filter(({ origin }) => origin !== "page"),
});

/** As it may stand in the tables (LAW6). */
const sealed = (names: ListNames, setUp: SetUp): SetUp => ({
  ...setUp,
  lists: setUp.lists.map((list) => (list.sensitive ? sealedList(names, list) : list)),
});

const sealedList = (names: ListNames, list: ListRow): ListRow => {
  const { version, text } = list.wording;
  const wording = { version, text: names.sealWords({ key: list.key, text }), open: text };
  return { ...list, name: names.seal(list), wording };
};

/** A channel's own settings, told at their line: a word its file does not know, such as reply_to, is refused (H31, H32, H34). */
const settingFaults = ({ channels }: PartnershipFile, known: ApplyDeps["channels"]): Fault[] =>
  channels.flatMap(({ kind, settings }, i) => {
    const read = known.get(kind)?.settings.safeParse(settings);
    return (read?.error?.issues ?? [])
      .flatMap(unfold)
      .map(({ path, message }) => ({ path: ["channels", i, "settings", ...path], message }));
  });

const listRow = (list: PartnershipFile["lists"][number], { agencies }: PartnershipFile): ListRow => ({
  ...{ key: list.key, name: list.name, agencyKey: list.agency, reason: list.reason },
  privacyNoticeUrl: list.privacy_notice_url,
  controllers: list.controllers ?? agencies.filter(({ key }) => key === list.agency).map(({ name }) => name),
  ...{ basis: list.basis, kind: list.kind, sensitive: list.sensitive, open: list.open },
  wording: list.wording,
  agreement: list.agreement?.reference ?? null,
  agreementUntil: list.agreement?.until ?? null,
});

function setUpOf(file: PartnershipFile): SetUp {
  const { name, strapline, strategy_line: strategyLine, timezone, ...rules } = file.partnership;
  const { quiet_hours: quiet, frequency_cap: cap } = rules;
  return {
    partnership: {
      ...{ name, strapline, strategyLine, timezone },
      ...(quiet
        ? { quietFrom: quiet.from, quietTo: quiet.to, quietClasses: quiet.classes ?? [] }
        : { quietFrom: null, quietTo: null, quietClasses: [] }),
      ...(cap ? { capMost: cap.most, capDays: cap.days } : { capMost: null, capDays: null }),
    },
    agencies: file.agencies,
    people: file.people.map(({ email, agency: agencyKey, ...person }) => ({
      ...{ email: email.toLowerCase(), agencyKey },
      ...person,
    })),
    areas: areaRows(file),
    priorities: file.priorities,
    groups: file.groups,
    interests: file.interests,
    lists: file.lists.map((list) => listRow(list, file)),
    channels: file.channels.map((c) => ({
      key: c.key,
      kind: c.kind,
      label: c.label,
      agencyKey: c.agency,
      listKey: c.list ?? null,
      account: c.account ?? c.key,
      mostPerMinute: c.most_per_minute ?? null,
      settings: c.settings,
    })),
    segments: file.segments.map((s) => ({
      key: s.key,
      name: s.name,
      rule: s.rule,
      specificity: specificity(s.rule),
    })),
  };
}
