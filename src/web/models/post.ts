// A post as people see it, with its length counted as the platform counts (an address 23, an emoji 2).
import twitterText from "twitter-text";
import { POST_LIMIT } from "../../../config/limits.ts";

export interface PostCard {
  readonly account: string;
  readonly initial: string;
  readonly text: string;
  readonly language: string;
  /** A path on this site; null where there is none. */
  readonly image: string | null;
  readonly imageAlt: string | null;
  readonly length: number;
  readonly limit: number;
  readonly when: string | null;
}

export const countedLength = (text: string): number => twitterText.parseTweet(text).weightedLength;

export const postCard = (
  post: Omit<PostCard, "initial" | "length" | "limit"> & { length?: number; limit?: number },
): PostCard => ({
  ...post,
  initial: (/\p{L}/u.exec(post.account)?.[0] ?? "•").toUpperCase(),
  length: post.length ?? countedLength(post.text),
  limit: post.limit ?? POST_LIMIT,
});
