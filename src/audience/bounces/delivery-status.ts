// RFC 3464: the machine-readable part of a delivery status notification. Bent and broken ones are read as far as they go.
import { type Action, ACTIONS, statusIn } from "../../domain/bounce-kind.ts";
import { addressIn, type Fields } from "./fields.ts";
import type { ReportedRecipient } from "./report.ts";

/** Some systems leave the empty line after the first group out, or write one group only: whatever names a recipient is one. */
export function recipientsIn(groups: readonly Fields[]): ReportedRecipient[] {
  return groups.filter(isAboutSomebody).map((fields) => ({
    addresses: ["original-recipient", "final-recipient", "x-actual-recipient"].flatMap(
      (name) => addressIn(fields.get(name)) ?? [],
    ),
    action: actionIn(fields.get("action")),
    status: statusIn(fields.get("status") ?? ""),
    diagnostic: (fields.get("diagnostic-code") ?? "").slice(0, 2_000),
  }));
}

const isAboutSomebody = (fields: Fields): boolean =>
  ["final-recipient", "original-recipient", "action", "status"].some((name) => fields.has(name));

/** "failed (delivery failed)" is "failed". */
function actionIn(value: string | undefined): Action | null {
  const word = /^[a-z]+/.exec(value?.toLowerCase() ?? "")?.[0];
  return ACTIONS.find((one) => one === word) ?? null;
}
