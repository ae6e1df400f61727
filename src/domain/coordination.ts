// The coordination check (R37): what the other agencies have planned that this might join, repeat or add to. Pure.

export interface Planned {
  readonly communicationId: string;
  readonly reference: string;
  readonly title: string;
  readonly campaignKey: string;
  readonly leadAgency: string;
  readonly priority: string;
  readonly audience: readonly string[];
  readonly dueAt: string;
}

export interface Overlap {
  readonly reference: string;
  readonly title: string;
  readonly leadAgency: string;
  readonly because: readonly ("same priority" | "same audience")[];
}

/** Days either side of the due time within which two messages to one audience can jar. Our own choice; the plans name none. */
export const OVERLAP_DAYS = 7;

/** Items of other campaigns, near in time, that share the priority or an audience; nearest reason first. */
export function overlaps(subject: Planned, plan: readonly Planned[]): Overlap[] {
  const near = (other: Planned) =>
    Math.abs(Date.parse(other.dueAt) - Date.parse(subject.dueAt)) <= OVERLAP_DAYS * 86_400_000;
  return plan
    .filter((other) => other.campaignKey !== subject.campaignKey && near(other))
    .map((other) => ({
      reference: other.reference,
      title: other.title,
      leadAgency: other.leadAgency,
      because: [
        ...(other.priority === subject.priority ? (["same priority"] as const) : []),
        ...(other.audience.some((segment) => subject.audience.includes(segment))
          ? (["same audience"] as const)
          : []),
      ],
    }))
    .filter((overlap) => overlap.because.length > 0);
}
