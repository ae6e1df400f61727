// How long agencies may share a list: the last day of their agreement, and the warning before it (LAW13). Pure.

/** Long enough to renew an agreement between agencies: two meetings of a partnership that meets once a month. In days. */
export const AGREEMENT_WARNING_DAYS = 60;

export interface Agreement {
  readonly reference: string;
  /** Its last day, "2027-03-31". */
  readonly until: string;
}
export interface AgreementNow extends Agreement {
  /** `over`: from the day after its last one nothing is sent to the list. */
  readonly state: "good" | "soon" | "over";
  /** Days left, 0 on the last one; negative once it is over. */
  readonly days: number;
}

/** Where an agreement stands on a day ("2026-11-22", local); null where the list is not shared under one. */
export function agreementOn(
  today: string,
  {
    agreement,
    agreementUntil,
  }: { readonly agreement: string | null; readonly agreementUntil: string | null },
): AgreementNow | null {
  if (agreement === null || agreementUntil === null) return null;
  const days = Math.round((Date.parse(agreementUntil) - Date.parse(today)) / 86_400_000);
  const state = days < 0 ? "over" : days <= AGREEMENT_WARNING_DAYS ? "soon" : "good";
  return { reference: agreement, until: agreementUntil, state, days };
}
