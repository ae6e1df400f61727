// Lanes: an urgent communication never waits behind a large one. Pure.

export const LANES = ["urgent", "ordinary"] as const;
export type Lane = (typeof LANES)[number];

/** Only an emergency is urgent (LAW19: that class has a purpose of its own and may not be used for anything else). */
export const laneOf = (messageClass: string): Lane => (messageClass === "emergency" ? "urgent" : "ordinary");
