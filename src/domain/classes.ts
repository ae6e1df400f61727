// The classes of message (LAW1): they decide what basis is needed, who waits at night and what happens to an unknown outcome. Pure.
export const CLASSES = [
  "emergency",
  "public-task-information",
  "direct-marketing",
  "consultation",
  "internal",
] as const;
