// The rehearsal of a communication: every rendition made and held against its channel's own limits. Writes nothing.
import { canonical, type LogValue } from "../domain/log-entry.ts";
import { DomainError } from "../domain/errors.ts";
import type { Issue, WantedRendition } from "../domain/issue.ts";
import { seenFaults } from "../domain/seen.ts";
import { sha256 } from "../lib/hash.ts";
import { renderWanted } from "../render/issue.ts";
import type { Rendered } from "../render/types.ts";
import type { Registry } from "../channels/registry.ts";
import type { Library } from "../library/library.ts";

export interface PreviewDeps {
  readonly channels: Registry;
  readonly library: Pick<Library, "labels" | "discreetWords">;
}
export interface Previewed {
  readonly issue: Issue;
  /** Canonical JSON of the issue, and its SHA-256: the content hash that approval binds to. */
  readonly body: string;
  readonly hash: string;
  readonly rendered: readonly { readonly wanted: WantedRendition; readonly rendered: Rendered }[];
}

export type PreviewArguments = readonly [
  draft: Omit<Issue, "renditions">,
  wanted: readonly WantedRendition[],
];

/** Throws DomainError "cannot-send" with every problem of every rendition, each named by channel, segment and language. */
export async function preview(
  deps: PreviewDeps,
  draft: Omit<Issue, "renditions">,
  wanted: readonly WantedRendition[],
): Promise<Previewed> {
  const faults: string[] = [];
  const made: { wanted: WantedRendition; rendered: Rendered; hash: string }[] = [];
  for (const one of wanted) {
    const place = [one.channelKey, one.segmentKey, one.language].filter(Boolean).join(" / ");
    try {
      const result = await renderWanted(draft, one, deps.library.labels);
      const kind = draft.channels.find((channel) => channel.key === one.channelKey)?.kind ?? "";
      const problems = deps.channels.get(kind)?.validate(result.rendered) ?? [];
      const seen = seenOutside(deps, draft.sensitive, one.language, result.rendered);
      faults.push(...problems.map((problem) => `${draft.title}, ${place}: ${problem.message}`));
      faults.push(...seen.map((fault) => `${draft.title}, ${place}: ${fault}`));
      made.push({ wanted: one, ...result });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      faults.push(
        ...(error.faults.length > 0 ? error.faults : [error.message]).map(
          (fault) => `${draft.title}, ${place}: ${fault}`,
        ),
      );
    }
  }
  if (faults.length > 0)
    throw new DomainError("cannot-send", `"${draft.title}" cannot be sent as it is.`, [...new Set(faults)]);
  const issue: Issue = { ...draft, renditions: made.map(({ wanted: one, hash }) => ({ ...one, hash })) };
  const body = canonical(issue as unknown as LogValue);
  return { issue, body, hash: sha256(body), rendered: made };
}

/** A sensitive message gives nothing away to whoever sees it unopened (LAW6). */
const seenOutside = (
  { library }: PreviewDeps,
  sensitive: boolean,
  language: string,
  rendered: Rendered,
): readonly string[] => (sensitive ? seenFaults(rendered, language, library.discreetWords()) : []);
