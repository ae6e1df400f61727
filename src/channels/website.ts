// The council website: one public news page for each language, at an address that stays. Publishing is a commit of our own.
import { z } from "zod";
import { accepted } from "../domain/outcome.ts";
import { defineChannel, expectForm, type Problem } from "./channel.ts";

/** Search results and feeds cut longer ones. */
const TITLE_LIMIT = 100;

export default defineChannel({
  label: "Website",
  form: "article",
  reaches: "once",
  settings: z.strictObject({}),

  validate(rendition): Problem[] {
    const measured = expectForm(rendition, "article").title.length;
    if (measured <= TITLE_LIMIT) return [];
    const message = `The title is ${measured} characters; lists and feeds show ${TITLE_LIMIT}. Shorten it.`;
    return [{ code: "too-long", message, measured, limit: TITLE_LIMIT }];
  },

  open(_settings, { site }) {
    return {
      prepare(rendition, issue) {
        const article = expectForm(rendition, "article");
        return async ({ deliveryKey }, gate) =>
          (await gate()) ? accepted(await site.publish(deliveryKey, article, issue)) : { kind: "stopped" };
      },
      async lookup(deliveryKey) {
        const address = await site.find(deliveryKey);
        return address === null ? { found: "no" } : { found: "yes", proof: address };
      },
      close: () => Promise.resolve(),
    };
  },
});
