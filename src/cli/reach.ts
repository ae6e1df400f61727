// What the command line says of whom a campaign reaches: how many it would now, what will keep it from going, and whom it left out.
import { expectedReach } from "../audience/expected.ts";
import type { OpenHouse } from "../house.ts";
import { sayLeftOut } from "./print.ts";

type Deps = OpenHouse["deps"];

/** How many the next communication would reach now, and what will keep it from going. */
export async function nextReach(
  deps: Deps,
  campaign: Awaited<ReturnType<Deps["store"]["pages"]["campaign"]>>,
) {
  const next = campaign?.communications.find((one) => one.releasedAt === null && one.state !== "cancelled");
  if (!campaign || !next) return null;
  const expected = await expectedReach(deps, { ...next, class: campaign.class });
  const people = (total: number | null) => (total === null ? "fewer than 10" : total.toLocaleString("en-GB"));
  const lines = expected.flatMap(({ channelKey, count, warnings }) => [
    `${next.reference} would reach ${people(count.total)} now by ${channelKey}`,
    ...warnings,
  ]);
  const channels = expected.map(({ channelKey, count, warnings }) => ({
    channelKey,
    reaches: count.total,
    warnings,
  }));
  return { reference: next.reference, channels, lines };
}

interface Went {
  readonly reference: string;
  /** By channel, as the dispatch counted them. */
  readonly leftOut: Readonly<Record<string, unknown>>;
}

/** A line for each channel that left somebody out. Of a sensitive subject nothing is counted here (LAW6). */
export const leftOutLines = (communications: readonly Went[], sensitivity: string | undefined): string[] =>
  sensitivity === "sensitive"
    ? []
    : communications.flatMap(({ reference, leftOut }) =>
        Object.entries(leftOut).flatMap(([channel, why]) => {
          const words = sayLeftOut(why);
          return words === "" ? [] : [`${reference}, ${channel}: ${words}`];
        }),
      );
