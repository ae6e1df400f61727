// Email over SMTP: one message for each recipient, in text and HTML, with a way out in its headers.
import { createTransport } from "nodemailer";
import { z } from "zod";
import { EMAIL_HTML_BYTES, SENDING_AT_ONCE, SMTP_TIMEOUTS } from "../../config/limits.ts";
import { accepted, deferred, type Outcome, refused, unknown } from "../domain/outcome.ts";
import { cleanValue, escapeHtml, prepare, type SlotValues } from "../domain/slots.ts";
import { sha256 } from "../lib/hash.ts";
import { askLookup } from "../lib/http.ts";
import { defineChannel, expectForm, type Issue, type Rendition, type Tools } from "./channel.ts";

const settings = z.strictObject({ from_name: z.string().min(1).max(80) });

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

  open({ from_name: name }, { smtpUrl, smtpLookupUrl, mailFrom }: Tools) {
    const smtp = createTransport({
      url: smtpUrl,
      pool: true,
      maxConnections: SENDING_AT_ONCE,
      maxMessages: Infinity,
      // The worker owns time: no second try that the record does not know of.
      maxRequeues: 0,
      connectionTimeout: SMTP_TIMEOUTS.connect,
      greetingTimeout: SMTP_TIMEOUTS.greeting,
      socketTimeout: SMTP_TIMEOUTS.idle,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const messageId = (deliveryKey: string) =>
      `<${sha256(deliveryKey).slice(0, 40)}@${mailFrom.split("@")[1]}>`;
    return {
      prepare(rendition, issue) {
        const compose = composer(rendition, issue);
        return async ({ deliveryKey, recipient }, gate) => {
          if (!recipient) throw new Error("an email needs a recipient");
          const words = compose(recipient.values);
          if (!words.ok) return refused(`missing-${words.missing}`);
          // The gate's place: everything is ready, nothing has left.
          if (!(await gate())) return { kind: "stopped" };
          const from = { name, address: mailFrom };
          const to = { name: "", address: recipient.address };
          return smtp
            .sendMail({ from, to, messageId: messageId(deliveryKey), ...words.mail })
            .then((info) => accepted(info.messageId), outcomeOf);
        };
      },
      lookup: async (deliveryKey) =>
        smtpLookupUrl
          ? askLookup(smtpLookupUrl, { messageId: messageId(deliveryKey) }, () => messageId(deliveryKey))
          : { found: "unknown" },
      close: () => Promise.resolve(smtp.close()),
    };
  },
});

/** Everything that is the same for all recipients is prepared once; a recipient costs a few joins. */
function composer(rendition: Rendition, issue: Issue) {
  const { subject, html, text } = expectForm(rendition, "email");
  const parts = { subject: prepare(subject), html: prepare(html), text: prepare(text) };
  const fixed = {
    "Content-Language": issue.language,
    "X-Bellman-Reference": issue.reference,
    "Auto-Submitted": "auto-generated",
  };
  return (values: SlotValues) => {
    const filled = {
      subject: parts.subject.fill(values),
      html: parts.html.fill(values, escapeHtml),
      text: parts.text.fill(values),
    };
    for (const part of Object.values(filled)) if (!part.ok) return part;
    const stop = values.unsubscribe_url;
    const headers = stop
      ? { ...fixed, "List-Unsubscribe": `<${stop}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }
      : fixed;
    const textOf = (part: keyof typeof filled) => (filled[part] as { text: string }).text;
    return {
      ok: true as const,
      mail: { subject: cleanValue(textOf("subject")), html: textOf("html"), text: textOf("text"), headers },
    };
  };
}

const BODY_NEVER_SENT = new Set(["EDNS", "EAUTH", "ETLS", "ENOAUTH", "EPROXY", "ECONNREFUSED"]);

/** Judged by the server's reply. Without one the body may have been taken, unless we never got as far as a session. */
function outcomeOf(
  error: Error & { code?: string; responseCode?: number; syscall?: string; command?: string },
): Outcome {
  if (!error.code) throw error; // not the server's answer, so it is our own fault
  if (error.responseCode)
    return error.responseCode >= 500
      ? refused(`smtp-${error.responseCode}`)
      : deferred(`smtp-${error.responseCode}`);
  const neverSent =
    error.syscall === "connect" || error.syscall === "getaddrinfo" || BODY_NEVER_SENT.has(error.code);
  return neverSent ? deferred("relay-not-reached") : unknown("reply-lost");
}
