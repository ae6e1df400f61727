// The sandbox's social account: one post for each language, on a timeline that counts as X counts.
import twitterText from "twitter-text";
import { z } from "zod";
import { POST_LIMIT } from "../../config/limits.ts";
import { accepted, deferred, type Outcome, refused, unknown } from "../domain/outcome.ts";
import { sha256 } from "../lib/hash.ts";
import { askLookup, type Call, call } from "../lib/http.ts";
import { defineChannel, expectForm, type PostRendition, type Tools } from "./channel.ts";

const settings = z.strictObject({ account: z.string().regex(/^[A-Za-z0-9_]{1,30}$/) });

export default defineChannel({
  label: "Social account",
  form: "post",
  reaches: "once",
  settings,

  validate(rendition) {
    const { weightedLength: measured } = twitterText.parseTweet(expectForm(rendition, "post").text);
    if (measured <= POST_LIMIT) return [];
    const message = `The post counts ${measured} of ${POST_LIMIT} characters (an address counts 23, an emoji 2). Shorten it by ${measured - POST_LIMIT}.`;
    return [{ code: "too-long", message, measured, limit: POST_LIMIT }];
  },

  open({ account }, { timelineUrl }: Tools) {
    const posts = timelineUrl ? new URL("posts", timelineUrl.replace(/\/?$/, "/")) : null;
    const keyOf = (deliveryKey: string) => sha256(deliveryKey).slice(0, 32);
    return {
      prepare(rendition) {
        const body = bodyOf(account, expectForm(rendition, "post"));
        return async ({ deliveryKey }, gate) => {
          if (!posts) return deferred("no-timeline");
          if (!(await gate())) return { kind: "stopped" };
          return outcomeOf(
            await call(posts, { method: "POST", headers: { "idempotency-key": keyOf(deliveryKey) }, body }),
          );
        };
      },
      lookup: async (deliveryKey) =>
        posts ? askLookup(posts.href, { key: keyOf(deliveryKey) }, addressOf) : { found: "unknown" },
      close: () => Promise.resolve(),
    };
  },
});

const bodyOf = (account: string, { text, language, image }: PostRendition) => ({
  account,
  text,
  language,
  ...(image ? { imageUrl: image.url, imageAlt: image.alt } : {}),
});

const addressOf = (body: unknown): string => {
  const url = (body as { url?: unknown } | null)?.url;
  return typeof url === "string" ? url : "";
};

/** Answers that say "not now": the request was not carried out. */
const NOT_NOW = new Set([408, 425, 429, 503]);

/** A lost or strange answer is unknown, never retried blindly; only a 4xx says that the post was not wanted. */
function outcomeOf(asked: Call): Outcome {
  if (!asked.answered) return asked.sent ? unknown("reply-lost") : deferred("timeline-not-reached");
  const { status, body } = asked.answer;
  if (status === 200 || status === 201)
    return addressOf(body) ? accepted(addressOf(body)) : unknown("reply-unreadable");
  if (NOT_NOW.has(status)) return deferred(`http-${status}`);
  return status >= 400 && status < 500 ? refused(`http-${status}`) : unknown(`http-${status}`);
}
