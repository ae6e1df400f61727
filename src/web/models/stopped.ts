// Of one communication that does not go on: its tag and the sentence why, in place of "being sent".
import type { Stopped } from "../../store/standing.ts";
import type { Names } from "./names.ts";
import { capital, sayList, type Tag } from "./words.ts";

export interface StoppedWords {
  readonly tag: Tag;
  readonly sentence: string;
  /** True where nothing more happens before a person decides. */
  readonly paused: boolean;
}

/** Null where nothing is stopped, or where its time has not come and the sentence would change what its tag says. */
export function stoppedWords(stopped: Stopped | undefined, state: string, names: Names): StoppedWords | null {
  if (!stopped) return null;
  const { why, paused, due, channels } = stopped;
  if (paused) return { ...said("Paused", why ?? "it waits for a decision"), paused };
  const waits = state === "scheduled" || state === "approved";
  if (waits && !due) return null;
  if (why !== null || waits) return { ...said("Held", why ?? channels[0]?.why ?? ""), paused };
  const labels = sayList(channels.map(({ key }) => names.channel(key)));
  return { ...said("Partly held", `${channels[0]?.why ?? ""}. Kept back: ${labels}`), paused };
}

const said = (text: string, why: string) => ({
  tag: { text, colour: "red" },
  sentence: `${text}: ${text === "Paused" ? why : capital(why)}.`.replace(/\.\.$/, "."),
});
