// Why a person may be written to, and which of those reasons a class of message needs (LAW1, LAW2, LAW19). Pure.
import type { CLASSES } from "./classes.ts";

export const BASES = ["consent", "public-task", "soft-opt-in", "charity-soft-opt-in"] as const;
export type Basis = (typeof BASES)[number];
export type MessageClass = (typeof CLASSES)[number];
export const LIST_KINDS = ["residents", "youth", "emergency", "internal"] as const;
export type ListKind = (typeof LIST_KINDS)[number];

/** Bodies whose information is part of a public task; a voluntary group has none (UK GDPR Art 6(1)(e)). */
const PUBLIC_BODIES: ReadonlySet<string> = new Set(["council", "police", "fire", "nhs", "probation"]);

/**
 * The bases on which a controller of this kind may send this class. PECR reg 22: marketing needs consent or a soft opt-in, the
 * charity's since 5 February 2026 (DUAA s.114) and only for a charity. Who objected is left out whatever the basis.
 */
export function basesFor(messageClass: MessageClass, agencyKind: string): readonly Basis[] {
  const isPublic = PUBLIC_BODIES.has(agencyKind);
  const charity: readonly Basis[] = agencyKind === "voluntary" ? ["charity-soft-opt-in"] : [];
  if (messageClass === "direct-marketing") return ["consent", "soft-opt-in", ...charity];
  if (messageClass === "emergency") return BASES;
  return isPublic ? ["consent", "public-task"] : ["consent", "soft-opt-in", ...charity];
}

/** Why a list of this kind cannot carry this class, as a sentence; null where it can. A purpose is a limit (LAW8, LAW19). */
export function purposeFault(kind: ListKind, messageClass: MessageClass): string | null {
  if (kind === "emergency" && messageClass !== "emergency")
    return "People on an emergency list agreed to emergencies only.";
  if (kind === "internal" && messageClass !== "internal")
    return "People on an internal list are staff and members; it carries internal messages only.";
  if (kind === "youth" && messageClass === "direct-marketing")
    return "Nothing is marketed to children and young people.";
  return null;
}
