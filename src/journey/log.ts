// Step 9, inside every other: what a line of the shared record says. The store appends it in the transaction of the move.
import type { LogKind, LogLine, LogValue } from "../domain/log-entry.ts";

/** The machine itself, where no person acted. */
export const MACHINE = "bellman";

export interface About {
  readonly reference: string;
  readonly campaign: { readonly key: string; readonly leadAgencyKey: string };
}

/** A line about one communication. Facts hold counts, hashes and references, never a member of the public. */
export const lineAbout = (
  kind: LogKind,
  { reference, campaign }: About,
  actor: string,
  facts: { readonly [key: string]: LogValue } = {},
  why?: string,
): LogLine => ({
  kind,
  actor,
  agency: campaign.leadAgencyKey,
  campaign: campaign.key,
  reference,
  facts,
  ...(why === undefined ? {} : { why }),
});
