// Of one communication that does not go on: its tag and the sentence why, in place of "being sent".
import type { Stopped } from "../../store/standing.ts";
import type { Names } from "./names.ts";
import { sayList, sentence, type Tag } from "./words.ts";

export interface StoppedWords {
  readonly tag: Tag;
  readonly sentence: string;
  /** True where nothing more happens before a person decides. */
  readonly paused: boolean;
}

/** Null where nothing is stopped, or where its time has not come and the sentence would change what its tag says. */
export function stoppedWords(stopped: Stopped | undefined, state: string, names: Names): StoppedWords | null {
  if (!stopped) return null;
  const { why, pausedWhy, due, channels } = stopped;
  if (pausedWhy !== null) return said("Paused", `: ${pausedWhy}`, true);
  const waits = state === "scheduled" || state === "approved";
  if (waits && !due) return null;
  return waits || why !== null
    ? said("Held", ` by ${why ?? firstOf(channels)}`)
    : partlyHeld(channels, names);
}

function partlyHeld(channels: Stopped["channels"], names: Names): StoppedWords {
  const labels = sayList(channels.map(({ key }) => names.channel(key)));
  return said("Partly held", ` (${labels}) by ${firstOf(channels)}`);
}
const firstOf = (channels: Stopped["channels"]): string => channels[0]?.why ?? "";

const said = (text: string, why: string, paused = false): StoppedWords => ({
  tag: { text, colour: "red" },
  sentence: sentence(text + why),
  paused,
});
