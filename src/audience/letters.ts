// Sends letters: single messages to one person about what they asked for. Over the register's own email channel, whose guards hold
// here too (sandbox, allow-list, our own addresses); past a gate of their own, so that at most one copy ever leaves.
import {
  LETTER_DOUBT_SECONDS,
  LETTER_TRIES,
  OPEN_LINK_MINUTES,
  RECONFIRM_WAIT_DAYS,
  SIGN_UP_DAYS,
} from "../../config/audience-limits.ts";
import type { OpenChannel, Sent } from "../channels/channel.ts";
import type { Channel } from "../channels/channel.ts";
import { retryAfterMinutes } from "../domain/outcome.ts";
import type { Lane } from "../domain/lane.ts";
import { sayDate } from "../domain/wall-time.ts";
import type { Logger } from "../lib/logger.ts";
import { type LetterWords, letterEmail, type LetterValues } from "../render/letter.ts";
import type { Letter } from "../store/letters.ts";
import type { Store } from "../store/store.ts";
import { linkToken } from "./link-token.ts";

export interface LetterDeps {
  readonly store: Pick<Store, "letters" | "partnership">;
  readonly secret: string;
  readonly settings: { readonly publicUrl: string };
  readonly library: { readonly letterWords: (language: string) => LetterWords };
  readonly channels: ReadonlyMap<string, Pick<Channel, "form" | "reaches">>;
  readonly channel: (key: string, lane: Lane) => Promise<OpenChannel>;
  readonly listNames: { readonly open: (list: { readonly key: string; readonly name: string }) => string };
  readonly watch: { readonly sure: () => Promise<boolean> };
  readonly stopFile: { readonly isThere: () => boolean };
  readonly logger: Logger;
}

const keyOf = (id: string): string => `letter/${id}`;

/** Safe to call at any time, from any number of workers. What cannot leave now waits until its time is over. */
export async function sendLetter(deps: LetterDeps, id: string): Promise<void> {
  const { letters } = deps.store;
  if (deps.stopFile.isThere() || !(await deps.watch.sure())) return;
  const letter = await letters.read(id);
  // Erased, or forgotten: there is nobody to write to any more.
  if (!letter) return letters.end(id, "refused", "nobody");
  const channelKey = await carrier(deps);
  if (channelKey === null) return letters.putOff(id, "no-channel", retryAfterMinutes(4));
  const passage = { passed: false };
  try {
    const sender = (await deps.channel(channelKey, "urgent")).prepare(await compose(deps, letter), {
      reference: letter.reference ?? "letter",
      language: letter.language,
      sensitive: true,
    });
    const recipient = { address: letter.email, values: {} };
    const sent = await sender({ deliveryKey: keyOf(id), recipient }, async () => {
      if (deps.stopFile.isThere()) return false;
      return (passage.passed = await letters.pass(id, channelKey));
    });
    await record(deps, letter, sent);
  } catch (err) {
    deps.logger.error({ err, letterId: id }, "a letter failed");
    // After its gate nobody can be sure: it stays handed, and is looked up.
    if (!passage.passed) await letters.putOff(id, "fault", retryAfterMinutes(letter.tries + 1));
  }
}

/** Letters handed over of which nothing was heard: looked up where the relay can be asked, else unknown for good. The person can ask again. */
export async function settleLetters(deps: LetterDeps): Promise<void> {
  const { letters } = deps.store;
  for (const id of await letters.doubtful(LETTER_DOUBT_SECONDS)) {
    const channelKey = await carrier(deps);
    const { found } =
      channelKey === null
        ? ({ found: "unknown" } as const)
        : await (await deps.channel(channelKey, "urgent")).lookup(keyOf(id));
    if (found === "no") await letters.putOff(id, "not-taken", 0);
    else await letters.end(id, found === "yes" ? "sent" : "unknown", "looked-up");
  }
}

/** The register's email channel that may carry letters, told by what channels of its kind do. */
function carrier({ store, channels }: LetterDeps): Promise<string | null> {
  const kinds = [...channels].filter(([, one]) => one.form === "email" && one.reaches === "people");
  return store.letters.channel(kinds.map(([kind]) => kind));
}

async function record({ store: { letters } }: LetterDeps, { id, tries }: Letter, sent: Sent): Promise<void> {
  switch (sent.kind) {
    case "accepted":
      return letters.end(id, "sent", null);
    case "refused":
      return letters.end(id, "refused", sent.code);
    case "deferred":
      if (tries + 1 >= LETTER_TRIES) return letters.end(id, "refused", "given-up");
      return letters.putOff(id, sent.code, retryAfterMinutes(tries + 1));
    case "unavailable":
      return letters.putOff(id, sent.code, Math.ceil((sent.retryAfterSeconds ?? 60) / 60));
    case "unknown": // it stays handed, and is looked up
    case "stopped":
      return;
  }
}

async function compose(deps: LetterDeps, letter: Letter) {
  const { partnership, lists } = await deps.store.partnership.read();
  // A sensitive list is never named in a mailbox that others may see.
  const named = lists.filter(({ key, sensitive }) => letter.lists.includes(key) && !sensitive);
  const zone = partnership?.timezone ?? "Europe/London";
  const day = (at: Date | null) => (at === null ? "" : sayDate(at.toISOString(), zone));
  const values: LetterValues = {
    name: partnership?.name ?? "",
    lists: named.map((list) => deps.listNames.open(list)).join(", "),
    reference: letter.reference ?? "",
    outcome: letter.outcome ?? "",
    made: day(letter.madeAt),
    day: day(letter.acknowledgeBy),
    days: String(letter.kind === "still" ? RECONFIRM_WAIT_DAYS : SIGN_UP_DAYS),
    minutes: String(OPEN_LINK_MINUTES),
  };
  const words = deps.library.letterWords(letter.language);
  return letterEmail({
    kind: letter.kind,
    language: letter.language,
    words,
    values,
    url: linkOf(deps, letter),
  });
}

function linkOf({ secret, settings: { publicUrl } }: LetterDeps, { kind, about }: Letter): string | null {
  if (kind === "confirm" || kind === "still") return `${publicUrl}/confirm/${linkToken(secret, kind, about)}`;
  if (kind !== "everything") return null;
  const until = Date.now() + OPEN_LINK_MINUTES * 60_000;
  return `${publicUrl}/preferences/${linkToken(secret, kind, about, until)}`;
}
