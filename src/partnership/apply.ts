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
import type { SetUp } from "../store/partnership.ts";
import type { Store } from "../store/store.ts";
import { differences } from "./differences.ts";

export interface ApplyDeps {
  readonly store: Pick<Store, "partnership">;
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
  const changed = differences(await deps.store.partnership.read(), wanted);
  if (changed.length > 0 && !dryRun)
    await deps.store.partnership.write(wanted, {
      kind: "partnership.applied",
      actor,
      facts: { changes: changed.length },
    });
  return changed;
}

/** A channel's own settings, told at their line: a word its file does not know, such as reply_to, is refused (H31, H32, H34). */
const settingFaults = ({ channels }: PartnershipFile, known: ApplyDeps["channels"]): Fault[] =>
  channels.flatMap(({ kind, settings }, i) => {
    const read = known.get(kind)?.settings.safeParse(settings);
    return (read?.error?.issues ?? [])
      .flatMap(unfold)
      .map(({ path, message }) => ({ path: ["channels", i, "settings", ...path], message }));
  });

function setUpOf(file: PartnershipFile): SetUp {
  const { name, strapline, strategy_line: strategyLine, timezone, quiet_hours: quiet } = file.partnership;
  return {
    partnership: {
      ...{ name, strapline, strategyLine, timezone },
      ...{ quietFrom: quiet?.from ?? null, quietTo: quiet?.to ?? null, quietClasses: quiet?.classes ?? [] },
    },
    agencies: file.agencies,
    people: file.people.map(({ email, agency: agencyKey, ...person }) => ({
      ...{ email: email.toLowerCase(), agencyKey },
      ...person,
    })),
    areas: areaRows(file),
    priorities: file.priorities,
    lists: file.lists.map((l) => ({
      key: l.key,
      name: l.name,
      agencyKey: l.agency,
      reason: l.reason,
      privacyNoticeUrl: l.privacy_notice_url,
    })),
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
