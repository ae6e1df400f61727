// Email over SMTP: one message for each recipient, in text and HTML, with a way out in its headers. Its parts are in ./email/.
import { z } from "zod";
import { EMAIL_HTML_BYTES } from "../../config/limits.ts";
import { type Landed, refused } from "../domain/outcome.ts";
import { askLookup } from "../lib/http.ts";
import { messageIdLocal } from "../lib/message-id.ts";
import { defineChannel, expectForm, type Tools } from "./channel.ts";
import { ownOf, recipientOf } from "./email/address.ts";
import { composer } from "./email/mime.ts";
import { openRelays } from "./email/relays.ts";

const settings = z.strictObject({
  from_name: z.string().min(1).max(80),
  /** In place of it for what is sensitive: it stands in every list of mails (LAW6). */
  discreet_from_name: z.string().min(1).max(80).optional(),
});

export default defineChannel({
  label: "Email",
  form: "email",
  reaches: "people",
  settings,

  validate(rendition) {
    const bytes = Buffer.byteLength(expectForm(rendition, "email").html);
    if (bytes <= EMAIL_HTML_BYTES) return [];
    const message = `The email is ${bytes} bytes of HTML; above ${EMAIL_HTML_BYTES} mailboxes cut it off. Shorten it.`;
    return [{ code: "too-long", message, measured: bytes, limit: EMAIL_HTML_BYTES }];
  },

  open(
    { from_name: usual, discreet_from_name: discreet = usual },
    { smtpUrl, secondSmtpUrl, mailFrom: from, mayReach, returns, ...lookups }: Tools,
  ) {
    const relays = openRelays(secondSmtpUrl ? [smtpUrl, secondSmtpUrl] : [smtpUrl]);
    const own = [from, ...(returns ? [returns.address] : [])].map(ownOf);
    const domain = from.slice(from.lastIndexOf("@"));
    const idOf = (deliveryKey: string) => `<${messageIdLocal(deliveryKey)}${domain}>`;
    const senderOf = (id: number | undefined, deliveryKey: string) =>
      returns && id !== undefined ? returns.of(id, deliveryKey) : from;
    return {
      prepare(rendition, issue) {
        const name = issue.sensitive ? discreet : usual;
        const compose = composer(expectForm(rendition, "email"), issue, { name, address: from });
        return async ({ deliveryKey, deliveryId, recipient }, gate) => {
          if (!recipient) throw new Error("an email needs a recipient");
          const person = recipientOf(recipient.address, own, mayReach);
          if (!person.ok) return refused(person.code);
          const [to, messageId] = [person.address, idOf(deliveryKey)];
          const { values, plain, stopAddress } = recipient;
          const composed = compose({ to, messageId, values, plain, stopAddress });
          if (!composed.ok) return refused(composed.code);
          return relays.send(
            { from: senderOf(deliveryId, deliveryKey), to, messageId },
            composed.message,
            gate,
          );
        };
      },
      lookup: (deliveryKey) => lookUp(lookupUrls(lookups, Boolean(secondSmtpUrl)), idOf(deliveryKey)),
      close: () => Promise.resolve(relays.close()),
    };
  },
});

/** Every relay that may have taken a message, and where it can be asked; null where it cannot. */
const lookupUrls = (
  { smtpLookupUrl, secondSmtpLookupUrl = null }: Pick<Tools, "smtpLookupUrl" | "secondSmtpLookupUrl">,
  hasSecond: boolean,
): readonly (string | null)[] => (hasSecond ? [smtpLookupUrl, secondSmtpLookupUrl] : [smtpLookupUrl]);

/** Yes from either is yes; no only where every one of them proves it. */
async function lookUp(urls: readonly (string | null)[], messageId: string): Promise<Landed> {
  const ask = async (url: string | null): Promise<Landed> =>
    url ? askLookup(url, { messageId }, () => messageId) : { found: "unknown" };
  const answers = await Promise.all(urls.map(ask));
  const yes = answers.find(({ found }) => found === "yes");
  return yes ?? { found: answers.every(({ found }) => found === "no") ? "no" : "unknown" };
}
