// Message-IDs that are the same on every attempt and that nobody can invent who does not know what they are made from.
import { sha256 } from "./hash.ts";

const LENGTH = 40;
const OURS = new RegExp(`^<?([0-9a-f]{${LENGTH}})@[^@<>\\s]+>?$`);

/** The part before the "@". */
export const messageIdLocal = (key: string): string => sha256(key).slice(0, LENGTH);

/** The same part of a Message-ID that could be one of ours; null for any other. */
export const messageIdLocalIn = (messageId: string): string | null =>
  OURS.exec(messageId.trim())?.[1] ?? null;
